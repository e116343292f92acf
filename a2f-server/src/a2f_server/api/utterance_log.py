"""Writes one log line per utterance, at every endpoint: the client's address, seconds of audio, and the outcome.

The outcome is `end`, `cancelled`, `disconnected`, or the code of the error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import structlog

from a2f_server.errors import A2FError

log = structlog.get_logger(__name__)

END, CANCELLED, DISCONNECTED = "end", "cancelled", "disconnected"


@dataclass
class HttpUtterance:
    """The key of an HTTP request, and the seconds and the error of its utterance, as far as they are known."""

    seconds: float | None = None
    """Seconds of audio, once all frames were computed."""
    error: A2FError | None = None
    key: str | None = None
    """The name of the key."""

    @property
    def log_fields(self) -> dict[str, str]:
        """Fields of the log that name the caller."""
        return {"key": self.key} if self.key else {}


_current: ContextVar[HttpUtterance | None] = ContextVar("utterance", default=None)


@contextmanager
def http_utterance() -> Iterator[HttpUtterance]:
    """Collects what `note_seconds` and `note_error` report while the block handles a request."""
    utterance = HttpUtterance()
    token = _current.set(utterance)
    try:
        yield utterance
    finally:
        _current.reset(token)


def note_seconds(seconds: float) -> None:
    """Reports that the request's animation is complete."""
    if utterance := _current.get():
        utterance.seconds = seconds


def note_error(error: A2FError) -> None:
    """Reports the error that ended the request's animation."""
    if utterance := _current.get():
        utterance.error = error


def note_key(name: str) -> None:
    """Reports the name of the key that the request was sent with."""
    if utterance := _current.get():
        utterance.key = name


def log_utterance(endpoint: str, address: str, seconds: float | None, outcome: str | A2FError, **ids: object) -> None:
    """Writes the line. `ids`: connection and utterance, for sockets; the name of the key."""
    fields: dict[str, object] = {"outcome": outcome}
    if isinstance(outcome, A2FError):
        fields = {"outcome": outcome.code, "message": outcome.message}
    length = {} if seconds is None else {"seconds": round(seconds, 2)}
    log.info("utterance", endpoint=endpoint, address=address, **length, **fields, **ids)
