"""The Python that runs the server."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator

from a2f_server import __version__
from a2f_server.doctor.contract import CheckContext, Finding, error, info, ok, warning

LEAST, NEWEST_TESTED = (3, 11), (3, 13)


def check(_: CheckContext) -> Iterator[Finding]:
    """Checks version, width and virtual environment."""
    where = f"a2f-server {__version__} on Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    if sys.version_info < LEAST:
        yield error(where, "install Python 3.11 or later")
    elif sys.version_info[:2] > NEWEST_TESTED:
        yield info(f"{where}: newer than what is tested", "if a package is missing, use Python 3.13")
    else:
        yield ok(where)
    if sys.maxsize < 1 << 32:
        yield error("this Python has 32 bits; onnxruntime needs 64", "install a 64-bit Python")
    if sys.prefix == sys.base_prefix and platform.system() != "Windows":
        yield info("no virtual environment is in use", "in a container this is fine; else python3 -m venv .venv")
    if "free-threading" in sys.version:
        yield warning("this is a free-threaded Python, which is not tested", "use the usual build")
