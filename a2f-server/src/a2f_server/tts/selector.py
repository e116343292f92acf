"""Voices by name. A new one is one new file and one line here."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from a2f_server.settings import Settings
from a2f_server.tts.azure import AzureVoice
from a2f_server.tts.contract import Voice
from a2f_server.tts.espeak import EspeakVoice

log = structlog.get_logger(__name__)

VOICES: dict[str, Callable[[Settings], Voice]] = {
    "azure": AzureVoice.from_settings,
    "espeak": EspeakVoice.from_settings,
}


def load(settings: Settings) -> Voice | None:
    """The voice that the settings name, or none. Raises ValueError with a sentence where a named one cannot run."""
    if settings.tts == "none":
        return None
    if settings.tts != "auto":
        return VOICES[settings.tts](settings)
    if settings.azure_host or settings.azure_key or settings.azure_region:
        return VOICES["azure"](settings)  # who gives a key wants to hear when it is of no use
    return _local(settings)


def _local(settings: Settings) -> Voice | None:
    try:
        return VOICES["espeak"](settings)
    except ValueError as error:
        if settings.voice:
            raise
        log.info("no voice", reason=str(error))
        return None
