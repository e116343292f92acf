"""What Azure's refusals mean, in sentences that a person can act on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from a2f_server.errors import A2FError, BadMessage, TtsFailed
from a2f_server.tts.azure.endpoint import Endpoint

_REASON = re.compile(r"Error details: (.*?)\.? USP state", re.DOTALL)
_STATUS = re.compile(r"\((\d{3})\)|Error code: (?:4|1)(\d{3})\b")


@dataclass(frozen=True, slots=True)
class Failed:
    """The end of an utterance that went wrong: the SDK's word for it, and its details."""

    code: str
    details: str


class AttemptFailed(Exception):
    """An utterance failed. `error` is for the client; `again`: another try may succeed."""

    def __init__(self, error: A2FError, retry: bool = False) -> None:
        super().__init__(error.message)
        self.error = error
        self.retry = retry


def explain(failed: Failed, endpoint: Endpoint, reused: bool) -> AttemptFailed:
    """`reused`: over a connection of an earlier utterance, which may have died since.

    The SDK itself tries twice to open a connection (429, 503, no answer), so only what it gives up at once is worth
    another try: being throttled on an open connection, and a connection that was open and is no more.
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
    return TtsFailed(
        f"Azure does not know the key (401): check {endpoint.variables}; a key works in its own region only"
    )


def _forbidden(failed: Failed, endpoint: Endpoint) -> A2FError:
    return TtsFailed(
        f"Azure refuses (403): the quota is used up, or the key is of another region ({endpoint.variables})"
    )


def _throttled(failed: Failed, endpoint: Endpoint) -> A2FError:
    return TtsFailed(
        "Azure has too many requests of yours (429): speak less at a time, or raise the limit of the Speech resource"
    )


def _bad(failed: Failed, endpoint: Endpoint) -> A2FError:
    reason = endpoint.hushed(_reason(failed.details))
    if "voice" in reason.lower():
        return BadMessage(f"Azure cannot speak this: {reason}; GET /v1/voices lists the voices that there are")
    return TtsFailed(f"Azure cannot speak this: {reason}; check the SSML, and the voice with GET /v1/voices")


def _unavailable(failed: Failed, endpoint: Endpoint) -> A2FError:
    return TtsFailed("Azure's speech service is unavailable (503): try again in a moment")


def _slow(failed: Failed, endpoint: Endpoint) -> A2FError:
    return TtsFailed("Azure did not send the sound in time: try again in a moment")


def _lost(failed: Failed, endpoint: Endpoint) -> A2FError:
    if "Received audio size: 0 bytes" not in failed.details:
        return TtsFailed("the connection to Azure broke off in the middle of the sound: check the network")
    return TtsFailed(f"Azure cannot be reached at {endpoint.name}: check {endpoint.variables} and the network")


def _closed(failed: Failed, endpoint: Endpoint) -> A2FError:
    return TtsFailed("this server is shutting down")


def _other(failed: Failed, endpoint: Endpoint) -> A2FError:
    return TtsFailed(f"Azure's speech service failed ({failed.code}): {endpoint.hushed(_reason(failed.details))}")


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
    """The HTTP status of a refused upgrade (`(429)`) or of a close (4429)."""
    found = _STATUS.search(details)
    return int(found[1] or found[2]) if found else None


def _reason(details: str) -> str:
    found = _REASON.search(details)
    return " ".join((found[1] if found else details).split())[:200]
