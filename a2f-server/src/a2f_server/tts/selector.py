"""Voices by name. To add one, write one new file and add one line here."""

from __future__ import annotations

import structlog

from a2f_server.settings import Settings
from a2f_server.tts.azure import AzureVoice
from a2f_server.tts.contract import Voice
from a2f_server.tts.espeak.voice import EspeakVoice
from a2f_server.tts.hibari.voice import HibariVoice
from a2f_server.tts.openai.voice import OpenAIVoice

log = structlog.get_logger(__name__)

VOICES: dict[str, type[Voice]] = {
    "azure": AzureVoice,
    "openai": OpenAIVoice,
    "hibari": HibariVoice,
    "espeak": EspeakVoice,
}
"""In the order in which A2F_TTS=auto tries them."""


def load(settings: Settings) -> Voice | None:
    """Returns the voice that A2F_TTS selects, None without one.

    Raises ValueError with an actionable message if there is no voice of that name, or it cannot run.
    """
    if settings.tts == "none":
        return None
    if settings.tts == "auto":
        return _first_usable(settings)
    if settings.tts not in VOICES:
        raise ValueError(f"there is no voice {settings.tts!r}; A2F_TTS takes auto, none, {', '.join(VOICES)}")
    return VOICES[settings.tts].from_settings(settings)


def load_local(settings: Settings) -> Voice:
    """Returns the first voice that runs on this machine. Raises ValueError if none can."""
    reasons = []
    for voice in VOICES.values():
        if voice.local:
            try:
                return voice.from_settings(settings)
            except ValueError as error:
                reasons.append(str(error))
    raise ValueError("; ".join(reasons))


def _first_usable(settings: Settings) -> Voice | None:
    """Returns the first voice that works. A configured remote voice must work, and so must one that A2F_VOICE names."""
    failure: ValueError | None = None
    for voice in VOICES.values():
        if voice.configured(settings):
            try:
                return voice.from_settings(settings)
            except ValueError as error:
                if not voice.local:
                    raise
                log.info("local voice unavailable", reason=str(error))
                failure = error
    if failure and settings.voice:
        raise failure
    return None
