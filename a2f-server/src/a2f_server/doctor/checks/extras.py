"""The optional parts: which are installed, and how to install the others."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, requires

from a2f_server.doctor.contract import CheckContext, Finding, error, info, ok
from a2f_server.doctor.requirements import DISTRIBUTION, install_line, is_installed, of_extra
from a2f_server.settings import Settings

NOT_FOR_SERVING = {"dev", "train"}
ALTERNATIVES = {"cpu", "gpu"}
"""Extras of which one is installed; the check of onnxruntime reports on them."""


def check(context: CheckContext) -> Iterator[Finding]:
    """Reports each extra; one that the settings need and that is missing is an error."""
    try:
        lines, names = requires(DISTRIBUTION) or [], metadata(DISTRIBUTION).get_all("Provides-Extra") or []
    except PackageNotFoundError:
        return
    needed = _needed(context.settings)
    for extra in sorted(set(names) - NOT_FOR_SERVING - ALTERNATIVES):
        missing = [name for name in of_extra(lines, extra) if not is_installed(name)]
        if not missing:
            yield ok(f"[{extra}] is installed")
        elif extra in needed:
            yield error(f"[{extra}] is missing, which {needed[extra]} needs: {', '.join(missing)}", install_line(extra))
        else:
            yield info(f"[{extra}] is not installed", install_line(extra))


def _needed(settings: Settings) -> dict[str, str]:
    """Returns the extras that the settings need, and the setting that does."""
    wanted = {
        "grpc": settings.grpc_port is not None and "A2F_GRPC_PORT",
        "cloudwatch": settings.cloudwatch_group is not None and "A2F_CLOUDWATCH_GROUP",
        "azure": settings.azure_key is not None and "A2F_AZURE_KEY",
        "fp16": settings.precision == "fp16" and "A2F_PRECISION=fp16",
        "solver": settings.solver == "compiled" and "A2F_SOLVER=compiled",
        "emotalk": settings.backend == "emotalk" and "A2F_BACKEND=emotalk",
        "openai": settings.tts_url is not None and "A2F_TTS_URL",
        "voice": settings.tts in {"espeak", "hibari"} and f"A2F_TTS={settings.tts}",
    }
    return {extra: setting for extra, setting in wanted.items() if setting}
