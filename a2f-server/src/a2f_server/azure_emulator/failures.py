"""Simulated failures, for all requests (`--fail`) or for one, with a voice such as `en-US-Fail-drop`."""

from __future__ import annotations

import re
from enum import StrEnum


class Failure(StrEnum):
    UNAUTHORIZED = "401"
    FORBIDDEN = "403"
    THROTTLED = "429"
    THROTTLED_ONCE = "429-once"
    UNAVAILABLE = "503"
    UNAVAILABLE_ONCE = "503-once"
    BAD_REQUEST = "bad-request"
    DROP = "drop"
    DROP_EARLY = "drop-early"
    STALL = "stall"
    SILENT = "silent"
    NO_VISEMES = "no-visemes"
    NO_ANIMATION = "no-animation"
    CHUNKED = "chunked"

    @property
    def status(self) -> int | None:
        """The HTTP status that refuses the connection, None for failures that come later."""
        number = self.value.removesuffix("-once")
        return int(number) if number.isdigit() else None

    @property
    def once(self) -> bool:
        """True if a second attempt succeeds."""
        return self.value.endswith("-once")


MEANING = {
    Failure.UNAUTHORIZED: "the key is refused",
    Failure.FORBIDDEN: "the quota is used up",
    Failure.THROTTLED: "too many requests",
    Failure.THROTTLED_ONCE: "too many requests, the first time only",
    Failure.UNAVAILABLE: "the service is unavailable",
    Failure.UNAVAILABLE_ONCE: "the service is unavailable, the first time only",
    Failure.BAD_REQUEST: "the SSML is refused (close 1007)",
    Failure.DROP: "the connection breaks during the audio",
    Failure.DROP_EARLY: "the connection breaks before any audio",
    Failure.STALL: "the audio pauses for 5 s halfway",
    Failure.SILENT: "the request is never answered",
    Failure.NO_VISEMES: "audio and words only",
    Failure.NO_ANIMATION: "visemes without facial expression",
    Failure.CHUNKED: "facial expression in three pieces each",
}

CLOSES = {
    Failure.UNAUTHORIZED: (4401, "Authentication failed"),
    Failure.FORBIDDEN: (4403, "Quota exceeded"),
    Failure.THROTTLED: (4429, "The request is throttled because you have exceeded the concurrent request limit"),
    Failure.UNAVAILABLE: (4503, "Service unavailable"),
    Failure.BAD_REQUEST: (1007, "Invalid SSML: simulated failure"),
}
"""Close code and reason for an open connection. An HTTP status is only possible during the handshake."""

_VOICE = re.compile(r"([a-z]{2,3}-[A-Z]{2})-Fail-([a-z0-9-]+)")


def of_voice(name: str) -> tuple[Failure | None, str]:
    """Returns the failure and the locale in a voice's name: `en-US-Fail-429` → (THROTTLED, en-US).

    Raises ValueError with an actionable message for an unknown failure.
    """
    found = _VOICE.fullmatch(name)
    if not found:
        return None, ""
    if found[2] not in list(Failure):
        raise ValueError(f"Unsupported voice {name}: the failures are {', '.join(Failure)}")
    return Failure(found[2]), found[1]
