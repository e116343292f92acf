"""Azure as a voice of ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from importlib.util import find_spec
from typing import Self

from a2f_server.errors import TtsFailed
from a2f_server.settings import Settings
from a2f_server.tts.azure.endpoint import Endpoint
from a2f_server.tts.azure.errors import AttemptFailed
from a2f_server.tts.azure.pool import SynthesizerPool
from a2f_server.tts.azure.rest_api import RestApi
from a2f_server.tts.azure.synthesis import SAMPLE_RATE, Synthesis
from a2f_server.tts.azure.synthesizer import sdk
from a2f_server.tts.contract import SpeechEvent, SpeechRequest, Voice, VoiceInfo, VoiceToken
from a2f_server.tts.ssml import prepare

DEFAULT_VOICE = "en-US-AvaNeural"
PAUSE_S = 0.5
"""Seconds before the second try."""


class AzureVoice(Voice):
    """Speaks over warm connections, as many at once as are asked for."""

    name = "azure"
    sample_rate = SAMPLE_RATE
    animates = True
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
        """Raises ValueError with a sentence for what is missing: a key and its region (or a host), or the package."""
        endpoint = Endpoint.from_settings(settings)
        sdk()
        if find_spec("httpx") is None:
            raise ValueError("azure needs httpx: pip install 'a2f-server[azure]' (in a checkout '.[azure]')")
        return cls(endpoint, settings.voice or DEFAULT_VOICE)

    async def speak(self, request: SpeechRequest) -> AsyncGenerator[SpeechEvent, None]:
        """See the contract. Tries once more where that may help and nothing has been heard yet."""
        ssml = prepare(request, request.voice or self._default)
        said = False
        for last in (False, True):
            try:
                async with aclosing(self._once(ssml)) as events:
                    async for event in events:
                        said = True
                        yield event
                break
            except AttemptFailed as refused:
                if said or last or not refused.retry:
                    raise refused.error from None
            await asyncio.sleep(PAUSE_S)

    async def voices(self) -> list[VoiceInfo]:
        """See the contract; remembered for an hour."""
        return await self._rest_api.voices()

    async def token(self) -> VoiceToken:
        """What a browser may show Azure instead of the key, and the seconds that it is good for; None where no key is
        needed. Raises TtsFailed."""
        return await self._rest_api.token()

    async def warm(self) -> None:
        """Opens a connection ahead of the next utterance. Never raises: that utterance will say what is wrong."""
        try:
            await self._pool.warm()
        except RuntimeError:
            return

    async def close(self) -> None:
        """See the contract. Utterances that are open end without a sound."""
        if self._warming:
            self._warming.cancel()
            await asyncio.gather(self._warming, return_exceptions=True)
        await self._pool.close()
        await self._rest_api.close()

    async def _once(self, ssml: str) -> AsyncGenerator[SpeechEvent, None]:
        """One try. A line whose utterance was not complete is thrown away: its connection is closed by stopping, and
        its last events may still be under way."""
        try:
            synthesizer = await self._pool.take()
        except RuntimeError as error:
            raise AttemptFailed(
                TtsFailed(f"Microsoft's speech SDK fails: {self._endpoint.hushed(str(error))[:200]}")
            ) from None
        try:
            async with aclosing(Synthesis(synthesizer, self._endpoint).events(ssml)) as events:
                async for event in events:
                    yield event
        except AttemptFailed:
            self._pool.drop(synthesizer)
            raise
        except BaseException:  # it was not wanted any more
            self._pool.drop(synthesizer)
            self._replace()
            raise
        self._pool.give(synthesizer)

    def _replace(self) -> None:
        if self._warming is None or self._warming.done():
            self._warming = asyncio.get_running_loop().create_task(self.warm())
