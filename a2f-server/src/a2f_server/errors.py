"""Every typed error, with what each endpoint needs to report it.

Endpoints never invent errors: they catch `A2FError` and translate it. `message` tells a person what to do and never
contains a secret or a stack trace.
"""

from __future__ import annotations

from typing import Literal, Self

Reason = Literal[
    "full", "draining", "connections", "queue", "quota", "missing", "wrong", "expired", "scope", "origin", "host"
]
"""The cause of an error, for programs. `busy`: no slot is free, the server is shutting down, too many sockets are open,
too many `speak` requests wait or utterances are open, or the caller's characters per minute are used up.
`unauthorized`: no key or token was sent, it is not one of this server's, it has expired, its scopes do not include the
endpoint, or the web origin or host name is not allowed."""

Scope = Literal["subject", "key", "address", "socket"]
"""The holder of the limit that a `busy` reports: a token's subject, an API key, an address or a socket."""


class A2FError(Exception):
    """Base class of all typed errors.

    Attributes:
        code: the protocol's error code (docs/protocol.md, "Errors").
        status: the HTTP status that says the same.
        close: the WebSocket close code if the error is fatal to the socket, else None.
        reason: a finer distinction within the code, or None.
        scope: the holder of the limit, or None for the server.
    """

    code = "backend_failed"
    status = 500
    close: int | None = None

    def __init__(self, message: str, *, reason: Reason | None = None, scope: Scope | None = None) -> None:
        super().__init__(message)
        self.message, self.reason, self.scope = message, reason, scope

    def as_json(self) -> dict[str, object]:
        """Returns the fields that every endpoint sends; endpoints add what only they know."""
        known = {"reason": self.reason, "scope": self.scope}
        optional = {name: value for name, value in known.items() if value}
        return {"type": "error", "code": self.code, **optional, "message": self.message}


class BadMessage(A2FError):
    """Not JSON, the wrong shape, an unknown name, or a value out of range."""

    code, status = "bad_message", 422


class BadState(A2FError):
    """A message that does not fit the state of the socket."""

    code, status = "bad_state", 409


class UnsupportedAudio(A2FError):
    """An encoding, sample rate, channel count or container that is not supported."""

    code, status = "unsupported_audio", 415


class BadAudio(A2FError):
    """Audio that is undecodable, truncated, NaN, half a sample, or empty."""

    code, status = "bad_audio", 400


class BadPicture(A2FError):
    """A picture that cannot be read or is cut off."""

    code, status = "bad_picture", 400


class UnsupportedPicture(BadPicture):
    """Not a picture, or one in a format that is not supported."""

    code, status = "unsupported_picture", 415


class NoFace(A2FError):
    """A picture without a usable face."""

    code, status = "no_face", 422


class BadOffer(A2FError):
    """A WebRTC offer that cannot be read, or that asks for something that calls do not support."""

    code, status = "bad_offer", 400


class BadAvatar(A2FError):
    """A GLB or VRM file that cannot be read, or has no face to animate."""

    code, status = "bad_avatar", 422


class TooLong(A2FError):
    """More seconds of audio than the limit."""

    code, status = "too_long", 413


class TooLarge(A2FError):
    """More bytes than the limit."""

    code, status, close = "too_large", 413, 1009


class Busy(A2FError):
    """Capacity or a queue is exhausted, or the server is shutting down."""

    code, status, close = "busy", 503, 1013

    @classmethod
    def shutting_down(cls) -> Self:
        """Returns the error of a server that drains."""
        return cls("the server is shutting down; connect again in a moment", reason="draining")


class Unauthorized(A2FError):
    """No key or token, or one that is wrong or expired."""

    code, status, close = "unauthorized", 401, 1008


class ForbiddenOrigin(Unauthorized):
    """A web origin or host name that is not allowed."""

    status = 403


class ForbiddenScope(Unauthorized):
    """A key that is not meant for this endpoint."""

    status = 403


class NotFound(A2FError):
    """A route or session that does not exist, or no longer exists."""

    code, status, close = "not_found", 404, 1008


class BackendFailed(A2FError):
    """The model raised, hung past its limit, or returned NaN."""

    code, status = "backend_failed", 500


class NotInstalled(A2FError):
    """An optional package is missing. The message has the command that installs it."""

    code, status, close = "not_installed", 501, 1011


class TtsUnavailable(A2FError):
    """This server has no voice."""

    code, status = "tts_unavailable", 501


class TtsFailed(A2FError):
    """The voice refused, broke off, or cannot be reached."""

    code, status = "tts_failed", 502


class TimedOut(A2FError):
    """An idle socket, or a client that does not read."""

    code, status, close = "timeout", 408, 1008
