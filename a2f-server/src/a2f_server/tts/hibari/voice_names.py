"""Finds the accent of hibari that a voice name means."""

from __future__ import annotations

import re

from a2f_server.tts.contract import VoiceInfo

AMERICAN, BRITISH = "en-us", "en-gb"
INFOS = (
    VoiceInfo(AMERICAN, "en-US", "female", "English (America, neural)"),
    VoiceInfo(BRITISH, "en-GB", "female", "English (Great Britain, neural)"),
)
ESPEAK = "espeak:"
"""Prefix of names that mean espeak-ng, also for English."""
_ENGLISH = re.compile(r"(?:hibari|heart|en|english)(?:-([a-z]{2})(?:-\w[\w:.]*neural)?)?", re.IGNORECASE | re.ASCII)
_AMERICAN_REGIONS = {"", "us", "ca", "ph"}


def accent(name: str) -> str | None:
    """Returns AMERICAN or BRITISH for `en`, a locale such as en-AU or an Azure voice of one; None for other names."""
    found = _ENGLISH.fullmatch(name.strip())
    if not found:
        return None
    return AMERICAN if (found[1] or "").lower() in _AMERICAN_REGIONS else BRITISH
