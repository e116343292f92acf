"""Translates failures of the SDK into errors with actionable messages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from a2f_server.errors import A2FError, BadMessage, TtsFailed
from a2f_server.tts.attempts import AttemptFailed
from a2f_server.tts.azure.endpoint import Endpoint

_REASON = re.compile(r"Error details: (.*?)\.? USP state", re.DOTALL)
_STATUS = re.compile(r"\((\d{3})\)|Error code: (?:4|1)(\d{3})\b")


@dataclass(frozen=True, slots=True)
class Failed:
    """The utterance failed: the SDK's error code and its details."""

    code: str
    details: str


def explain(failed: Failed, endpoint: Endpoint, reused: bool) -> AttemptFailed:
    """Returns the error for a failure. `reused`: the connection served an earlier utterance and may have died since.

    The SDK itself tries twice to open a connection (429, 503, no answer). A second attempt of ours only helps where
    the SDK makes none: after throttling on an open connection, and after losing a connection that was open.
    """
    kind, details = _kind(failed), failed.details
    throttled = kind == "throttled" and "upgrade failed" not in details
    return AttemptFailed(_ERRORS[kind](failed, endpoint), retry=throttled or (kind == "lost" and reused))


def _kind(failed: Failed) -> str:
    if "throttled" in failed.details.lower():  # also as the reason of a close 1007
        return "throttled"
    return _BY_STATUS.get(_status(failed.details)) or _BY_CODE.get(failed.code, "other")


_BY_STATUS: dict[int | None, str] = {401: "unknown", 403: "forbidden", 429: "throttled", 503: "unavailable"}
_BY_CODE = {
    "AuthenticationFailure": "unknown",
    "Forbidden": "forbidden",
    "TooManyRequests": "throttled",
    "BadRequest": "bad",
    "ServiceUnavailable": "unavailable",
    "ServiceTimeout": "slow",
    "ConnectionFailure": "lost",
    "Closed": "closed",
}


def _unknown(failed: Failed, endpoint: Endpoint) -> A2FError:
    return TtsFailed(f"Azure rejects the key (401): check {endpoint.variables}; a key only works in its own region")


def _forbidden(failed: Failed, endpoint: Endpoint) -> A2FError:
    return TtsFailed(
        f"Azure refuses (403): the quota is used up, or the key belongs to another region ({endpoint.variables})"
    )


def _throttled(failed: Failed, endpoint: Endpoint) -> A2FError:
    return TtsFailed(
        "Azure received too many requests (429): send fewer at a time, or raise the limit of the Speech resource"
    )


def _bad(failed: Failed, endpoint: Endpoint) -> A2FError:
    reason = endpoint.redacted(_reason(failed.details))
    if "voice" in reason.lower():
        return BadMessage(f"Azure cannot speak this: {reason}; GET /v1/voices lists the available voices")
    return TtsFailed(f"Azure cannot speak this: {reason}; check the SSML, and the voice with GET /v1/voices")


def _unavailable(failed: Failed, endpoint: Endpoint) -> A2FError:
    return TtsFailed("Azure's speech service is unavailable (503): try again in a moment")


def _slow(failed: Failed, endpoint: Endpoint) -> A2FError:
    return TtsFailed("Azure did not send the audio in time: try again in a moment")


def _lost(failed: Failed, endpoint: Endpoint) -> A2FError:
    if "Received audio size: 0 bytes" not in failed.details:
        return TtsFailed("the connection to Azure broke off during the audio: check the network")
    return TtsFailed(f"Azure cannot be reached at {endpoint.name}: check {endpoint.variables} and the network")


def _closed(failed: Failed, endpoint: Endpoint) -> A2FError:
    return TtsFailed("this server is shutting down")


def _other(failed: Failed, endpoint: Endpoint) -> A2FError:
    return TtsFailed(f"Azure's speech service failed ({failed.code}): {endpoint.redacted(_reason(failed.details))}")


_ERRORS: dict[str, Callable[[Failed, Endpoint], A2FError]] = {
    "unknown": _unknown,
    "forbidden": _forbidden,
    "throttled": _throttled,
    "bad": _bad,
    "unavailable": _unavailable,
    "slow": _slow,
    "lost": _lost,
    "closed": _closed,
    "other": _other,
}


def _status(details: str) -> int | None:
    """Returns the HTTP status of a refused upgrade (`(429)`) or of a close code (4429)."""
    found = _STATUS.search(details)
    return int(found[1] or found[2]) if found else None


def _reason(details: str) -> str:
    found = _REASON.search(details)
    return " ".join((found[1] if found else details).split())[:200]
