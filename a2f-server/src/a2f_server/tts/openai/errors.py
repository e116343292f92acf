"""Translates the service's answers into errors with actionable messages. None of them has its address: clients read
them."""

from __future__ import annotations

import json
from typing import Any

from a2f_server.errors import A2FError, BadMessage, TtsFailed
from a2f_server.tts.attempts import AttemptFailed
from a2f_server.tts.openai.service import SpeechService

RETRIED = {429, 502, 503}
"""Statuses after which a second attempt may succeed."""
UNREACHABLE = "the speech service cannot be reached: check A2F_TTS_URL and the network"
BROKE_OFF = "the speech service broke off during the audio: check its log and the network"
TOO_SLOW = "the speech service did not send the audio in time: try again in a moment, or choose a faster model"


def refusal(status: int, body: bytes, service: SpeechService, voice: str) -> AttemptFailed:
    """Returns the error for an answer other than 200."""
    reason = service.redacted(_reason(body))
    return AttemptFailed(_error(status, reason, voice), retry=status in RETRIED)


def _error(status: int, reason: str, voice: str) -> A2FError:
    said = f" ({reason})" if reason else ""
    if status in {400, 404, 422} and "voice" in reason.lower():
        return BadMessage(f"the speech service does not have the voice {voice[:60]!r}{said}; see GET /v1/voices")
    what, advice = _MEANINGS.get(status) or _MEANINGS.get(status // 100, _REFUSED)
    return TtsFailed(f"the speech service {what} ({status}){said}: {advice}")


_REFUSED = ("refuses", "check A2F_TTS_MODEL, the voice and the text")
_KEY = ("rejects the key", "check A2F_TTS_KEY")
_MEANINGS = {
    401: _KEY,
    403: _KEY,
    404: ("knows no such address or model", "check A2F_TTS_URL and A2F_TTS_MODEL"),
    429: ("received too many requests, or its quota is used up", "try again later"),
    3: ("redirects, which is not followed", "set A2F_TTS_URL to the final address"),
    5: ("failed", "try again in a moment"),
}
"""The meaning of a status, or of its first digit, and the remedy."""


def _reason(body: bytes) -> str:
    """Returns the message of an error in the formats of OpenAI, FastAPI and others; "" if there is none."""
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    for name in ("error", "detail", "message"):
        if isinstance(found, dict) and name in found:
            found = found[name]
    return " ".join(found.split())[:200] if isinstance(found, str) else ""
