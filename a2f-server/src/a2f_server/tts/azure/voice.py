"""The voice `azure`: speaks through Azure Speech."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from importlib.util import find_spec
from typing import Self

from a2f_server.errors import TtsFailed
from a2f_server.settings import Settings
from a2f_server.tts.attempts import AttemptFailed
from a2f_server.tts.azure.endpoint import Endpoint
from a2f_server.tts.azure.pool import SynthesizerPool
from a2f_server.tts.azure.rest_api import RestApi
from a2f_server.tts.azure.synthesis import SAMPLE_RATE, Synthesis
from a2f_server.tts.azure.synthesizer import sdk
from a2f_server.tts.contract import SpeechEvent, SpeechRequest, Voice, VoiceInfo, VoiceToken
from a2f_server.tts.ssml import prepare

DEFAULT_VOICE = "en-US-AvaNeural"
PAUSE_S = 0.5
"""Seconds before the second attempt."""


class AzureVoice(Voice):
    """Speaks over open connections, one for each concurrent utterance."""

    name = "azure"
    sample_rate = SAMPLE_RATE
    animation_backend = "azure"
    local = False
    issues_tokens = True

    def __init__(self, endpoint: Endpoint, default: str = DEFAULT_VOICE) -> None:
        self._endpoint = endpoint
        self._default = default
        self._pool = SynthesizerPool(endpoint)
        self._rest_api = RestApi(endpoint)
        self._warming: asyncio.Task[None] | None = None

    @classmethod
    def configured(cls, settings: Settings) -> bool:
        """Returns True if any of the Azure settings is given: a mistake in them is then reported, not ignored."""
        return bool(settings.azure_host or settings.azure_key or settings.azure_region)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Raises ValueError with an actionable message if the key and region (or the host) or the SDK are missing."""
        endpoint = Endpoint.from_settings(settings)
        sdk()
        if find_spec("httpx") is None:
            raise ValueError("azure needs httpx: pip install 'a2f-server[azure]' (in a checkout '.[azure]')")
        return cls(endpoint, settings.voice or DEFAULT_VOICE)

    async def speak(self, request: SpeechRequest) -> AsyncGenerator[SpeechEvent, None]:
        """Makes a second attempt if that may help and no event has been yielded yet."""
        ssml = prepare(request, request.voice or self._default)
        begun = False
        for last in (False, True):
            try:
                async with aclosing(self._attempt(ssml)) as events:
                    async for event in events:
                        begun = True
                        yield event
                break
            except AttemptFailed as failed:
                if begun or last or not failed.retry:
                    raise failed.error from None
            await asyncio.sleep(PAUSE_S)

    async def voices(self) -> list[VoiceInfo]:
        return await self._rest_api.voices()

    async def token(self) -> VoiceToken:
        return await self._rest_api.token()

    async def warm(self) -> None:
        """Opens a connection in advance."""
        try:
            await self._pool.warm()
        except RuntimeError:
            return

    async def close(self) -> None:
        """Closes the voice; open utterances end without further audio."""
        if self._warming:
            self._warming.cancel()
            await asyncio.gather(self._warming, return_exceptions=True)
        await self._pool.close()
        await self._rest_api.close()

    async def _attempt(self, ssml: str) -> AsyncGenerator[SpeechEvent, None]:
        """Makes one attempt. If the utterance is not completed, the synthesizer is dropped: stopping it closes the
        connection, and its last events may still arrive."""
        try:
            synthesizer = await self._pool.take()
        except RuntimeError as error:
            raise AttemptFailed(
                TtsFailed(f"Microsoft's Speech SDK failed: {self._endpoint.redacted(str(error))[:200]}")
            ) from None
        try:
            async with aclosing(Synthesis(synthesizer, self._endpoint).events(ssml)) as events:
                async for event in events:
                    yield event
        except AttemptFailed:
            self._pool.drop(synthesizer)
            raise
        except BaseException:  # cancelled or closed by the caller
            self._pool.drop(synthesizer)
            self._replace()
            raise
        self._pool.give(synthesizer)

    def _replace(self) -> None:
        if self._warming is None or self._warming.done():
            self._warming = asyncio.get_running_loop().create_task(self.warm())
