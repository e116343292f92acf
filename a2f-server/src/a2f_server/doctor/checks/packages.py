"""The packages that the server always needs."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from a2f_server.doctor.contract import CheckContext, Finding, error, ok
from a2f_server.doctor.requirements import DISTRIBUTION, core, is_installed


def check(_: CheckContext) -> Iterator[Finding]:
    """Checks that each of them is installed."""
    try:
        lines = requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        yield error("a2f-server is not installed as a package", "pip install '.[cpu]' in the checkout")
        return
    missing = [name for name in core(lines) if not is_installed(name)]
    if missing:
        yield error(
            f"missing: {', '.join(missing)}", f"pip install --force-reinstall a2f-server=={version(DISTRIBUTION)}"
        )
    else:
        yield ok(f"all {len(core(lines))} packages of the core are installed")
