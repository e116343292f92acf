"""Reads the requirements and extras of the installed package."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

DISTRIBUTION = "a2f-server"


def core(lines: Iterable[str]) -> list[str]:
    """Returns the names of the packages that no extra asks for and that fit this system."""
    return [_name(line) for line in lines if "extra ==" not in line and _fits(line)]


def of_extra(lines: Iterable[str], extra: str) -> list[str]:
    """Returns the names of the packages of an extra."""
    wanted = re.compile(rf"extra == ['\"]{re.escape(extra)}['\"]")
    return [_name(line) for line in lines if wanted.search(line)]


def is_installed(name: str) -> bool:
    """Returns True if any version of the package is installed."""
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def install_line(extra: str) -> str:
    """Returns the command that installs an extra."""
    return f"pip install 'a2f-server[{extra}]' (in a checkout '.[{extra}]')"


def _name(line: str) -> str:
    return re.split(r"[<>=!~ \[;(]", line.strip())[0]


def _fits(line: str) -> bool:
    import sys  # noqa: PLC0415 - read when called, so that tests can change it

    return not (sys.platform == "win32" and "sys_platform != 'win32'" in line.replace('"', "'"))
