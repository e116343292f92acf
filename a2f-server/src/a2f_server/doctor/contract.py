"""The contract of a check of `a2f-server doctor`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from a2f_server.settings import Settings

CheckStatus = Literal["ok", "info", "warning", "error"]
"""`info`: neither good nor bad, such as an extra that is not installed. `error`: the server cannot do its work."""


@dataclass(frozen=True)
class Finding:
    """One line of the report. `remedy` says what to do, if there is something to do."""

    status: CheckStatus
    message: str
    remedy: str | None = None


@dataclass(frozen=True)
class CheckContext:
    """Everything that the checks may look at."""

    settings: Settings
    """The defaults if `problem` is set."""
    problem: str | None = None
    """Why the settings cannot be used; a line for each of them."""
    network: bool = True
    """False to make no requests to other machines."""


CheckFunction = Callable[[CheckContext], Iterable[Finding]]
"""Looks at one thing, within seconds. It may yield several findings. Messages never contain secrets."""


def ok(message: str) -> Finding:
    """Returns a finding that all is well."""
    return Finding("ok", message)


def info(message: str, remedy: str | None = None) -> Finding:
    """Returns a finding that may be as intended."""
    return Finding("info", message, remedy)


def warning(message: str, remedy: str) -> Finding:
    """Returns a finding of something that works but should be changed."""
    return Finding("warning", message, remedy)


def error(message: str, remedy: str) -> Finding:
    """Returns a finding of something that does not work."""
    return Finding("error", message, remedy)
