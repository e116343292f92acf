"""The voice `openai`: any service with OpenAI's text-to-speech API. It sends audio only, no visemes and no words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from importlib.util import find_spec
from typing import Self

from a2f_server.settings import Settings
from a2f_server.tts.attempts import AttemptFailed
from a2f_server.tts.contract import AudioChunk, BookmarkEvent, SpeechEvent, SpeechRequest, Voice, VoiceInfo
from a2f_server.tts.openai.audio import SAMPLE_RATE
from a2f_server.tts.openai.client import ANY_LANGUAGE, SpeechClient
from a2f_server.tts.openai.service import SpeechService
from a2f_server.tts.steps import SilentStep, TextSegment, steps

DEFAULT_VOICE = "alloy"
MOST_BYTES = 4000
"""Length of the text of one request: OpenAI takes 4096 characters."""
SPEED = (0.25, 4.0)
PAUSE_S = 0.5
"""Seconds before the second attempt."""


class OpenAIVoice(Voice):
    """Passes the audio on as it arrives. Of SSML it can do breaks, rates, voices, bookmarks, and reads the text."""

    name = "openai"
    sample_rate = SAMPLE_RATE
    local = False
    has_visemes = False

    def __init__(self, service: SpeechService, default: str = DEFAULT_VOICE) -> None:
        self._client, self._default = SpeechClient(service), default

    @classmethod
    def configured(cls, settings: Settings) -> bool:
        return bool(settings.tts_url)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Raises ValueError with an actionable message if the address or httpx is missing."""
        service = SpeechService.from_settings(settings)
        if find_spec("httpx") is None:
            raise ValueError("openai needs httpx: pip install 'a2f-server[openai]' (in a checkout '.[openai]')")
        return cls(service, settings.voice or DEFAULT_VOICE)

    async def speak(self, request: SpeechRequest) -> AsyncGenerator[SpeechEvent, None]:
        """Yields audio, and bookmarks at the beginning of the text that they are in."""
        asked, sent = request.voice or self._default, 0
        for step in steps(request, MOST_BYTES, MOST_BYTES):
            for mark in step.bookmarks:
                yield BookmarkEvent(sent / SAMPLE_RATE, mark.name)
            async with aclosing(self._audio(step, asked)) as parts:
                async for pcm in parts:
                    sent += len(pcm) // 2
                    yield AudioChunk(pcm)

    async def voices(self) -> list[VoiceInfo]:
        """Lists the service's voices; the default one if the service has no list, as OpenAI."""
        return await self._client.voices() or [VoiceInfo(self._default, ANY_LANGUAGE)]

    async def close(self) -> None:
        await self._client.close()

    async def _audio(self, step: TextSegment | SilentStep, asked: str) -> AsyncGenerator[bytes, None]:
        """Makes a second attempt if that may help and no audio has come yet."""
        if isinstance(step, SilentStep):
            if step.seconds:
                yield bytes(2 * round(step.seconds * SAMPLE_RATE))
            return
        voice, speed = step.style.speaker or asked, min(max(step.style.rate, SPEED[0]), SPEED[1])
        begun = False
        for last in (False, True):
            try:
                async with aclosing(self._client.speak(step.text, voice, speed)) as parts:
                    async for pcm in parts:
                        begun = True
                        yield pcm
            except AttemptFailed as failed:
                if begun or last or not failed.retry:
                    raise failed.error from None
            else:
                return
            await asyncio.sleep(PAUSE_S)
