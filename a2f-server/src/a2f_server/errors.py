"""What can go wrong, each with the words that every door says it in.

A door never invents an error: it catches `A2FError` and translates it. `message` is a sentence that
a person can act on and never carries a secret or a stack trace.
"""

from __future__ import annotations


class A2FError(Exception):
    """Base of all typed outcomes.

    Attributes:
        code: the protocol's word (docs/protocol.md, "Errors").
        status: the HTTP status that says the same.
        close: the WebSocket close code when the error is fatal to the socket, else None.
    """

    code = "backend_failed"
    status = 500
    close: int | None = None

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def as_json(self) -> dict[str, object]:
        """As every door says it; doors add what only they know."""
        return {"type": "error", "code": self.code, "message": self.message}


class BadMessage(A2FError):
    """Not JSON, the wrong shape, an unknown name, or a value out of range."""

    code, status = "bad_message", 422


class BadState(A2FError):
    """A message that does not fit what is open."""

    code, status = "bad_state", 409


class UnsupportedAudio(A2FError):
    """An encoding, rate, channel count or container that is not served."""

    code, status = "unsupported_audio", 415


class BadAudio(A2FError):
    """Undecodable, provably cut, NaN, half a sample, or empty."""

    code, status = "bad_audio", 400


class TooLong(A2FError):
    """More seconds of sound than the limit."""

    code, status = "too_long", 413


class TooLarge(A2FError):
    """More bytes than the limit."""

    code, status, close = "too_large", 413, 1009


class Busy(A2FError):
    """Capacity or queue reached, or shutting down."""

    code, status, close = "busy", 503, 1013


class Unauthorized(A2FError):
    """No key, or a wrong or expired one."""

    code, status, close = "unauthorized", 401, 1008


class ForbiddenOrigin(Unauthorized):
    """A web origin or host name that is not allowed."""

    status = 403


class NotFound(A2FError):
    """A session that does not exist (any more)."""

    code, status, close = "not_found", 404, 1008


class BackendFailed(A2FError):
    """The model raised, hung past its limit, or gave NaN."""

    code, status = "backend_failed", 500


class TtsUnavailable(A2FError):
    """There is no voice on this server."""

    code, status = "tts_unavailable", 501


class TtsFailed(A2FError):
    """The voice refused, broke off or cannot be reached."""

    code, status = "tts_failed", 502


class TimedOut(A2FError):
    """An idle socket, or a reader that does not read."""

    code, status, close = "timeout", 408, 1008
