"""Turns the server's errors into exceptions: the classes of a2f_server.errors, by code, with the server's sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from a2f_server import errors
from a2f_server.errors import A2FError, Busy


class Unreachable(A2FError):
    """The server cannot be reached, or did not answer in time."""

    code, status = "unreachable", 503


class ConnectionLost(Unreachable):
    """The connection broke in the middle of an utterance, and could not be restored."""

    code = "connection_lost"


class NotAServer(A2FError):
    """Something answered that is not an a2f-server, such as a proxy's page."""

    code, status = "not_a_server", 502


def _classes(base: type[A2FError] = A2FError) -> Iterator[type[A2FError]]:
    for kind in base.__subclasses__():
        if kind.__module__ == errors.__name__:
            yield from _classes(kind)
            yield kind


_BY_CODE = {kind.code: kind for kind in _classes()}  # of two with the same code, the general one


class RetryableBusy(Busy):
    """A `busy` that says when to try again."""

    retry_after: float | None = None
    """Seconds."""


def from_fields(fields: Mapping[str, Any], retry_after: float | None = None) -> A2FError:
    """Returns the exception for an error message or the body of a refused request."""
    code = str(fields.get("code"))
    kind = RetryableBusy if code == Busy.code else _BY_CODE.get(code, A2FError)
    error = kind(str(fields.get("message", code)), reason=fields.get("reason"), scope=fields.get("scope"))
    error.code = code
    if isinstance(error, RetryableBusy):
        error.retry_after = retry_after
    return error
