"""onnxruntime: which package is installed, and what it can run on."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from a2f_server.doctor.contract import CheckContext, Finding, error, ok
from a2f_server.doctor.requirements import install_line, is_installed
from a2f_server.onnx_runtime.session import PACKAGES, PROVIDER_NAMES


def check(context: CheckContext) -> Iterator[Finding]:
    """Checks that there is one package, and that it can use the device of the settings."""
    found = [name for name in PACKAGES if is_installed(name)]
    if not found:
        yield error("onnxruntime is missing: only A2F_BACKEND=mock would run", _install(context))
        return
    if len(found) > 1:
        remedy = f"pip uninstall -y {' '.join(found)}, then {_install(context)}"
        yield error(f"{' and '.join(found)} overwrite each other: only one may be installed", remedy)
    try:
        import onnxruntime  # noqa: PLC0415 - an extra
    except Exception as failure:
        yield error(f"onnxruntime cannot be loaded: {failure}", _install(context))
        return
    providers = onnxruntime.get_available_providers()
    yield ok(f"{found[0]} {version(found[0])} has {', '.join(providers)}")
    if context.settings.device == "cuda" and PROVIDER_NAMES["cuda"] not in providers:
        yield error("A2F_DEVICE=cuda, but this onnxruntime has no CUDA", install_line("gpu"))


def _install(context: CheckContext) -> str:
    return install_line("gpu" if context.settings.device == "cuda" else "cpu")
