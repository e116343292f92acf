"""The voice `hibari`: a small neural voice for English on this machine. espeak-ng, if installed, speaks the rest."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Self

import structlog

from a2f_server.errors import BadMessage, TtsFailed
from a2f_server.settings import Settings
from a2f_server.tts.contract import VoiceInfo
from a2f_server.tts.espeak.voice import EspeakVoice
from a2f_server.tts.hibari.engine import ENGINE
from a2f_server.tts.hibari.network import SAMPLE_RATE, check_installed
from a2f_server.tts.hibari.voice_names import AMERICAN, BRITISH, ESPEAK, INFOS, accent
from a2f_server.tts.local_voice import LocalVoice, Reader
from a2f_server.tts.steps import TextSegment
from a2f_server.tts.timeline import SpokenSegment
from a2f_server.worker_thread import WorkerThread

log = structlog.get_logger(__name__)


class HibariVoice(LocalVoice):
    """Speaks with hibari on a thread of its own. Concurrent utterances alternate segment by segment."""

    name = "hibari"
    sample_rate = SAMPLE_RATE

    def __init__(self, default: str | None = None, espeak: EspeakVoice | None = None) -> None:
        """`espeak` speaks other languages and is closed with this voice. Raises ValueError with an actionable message
        if a package is missing, or if there is no voice of the default name."""
        check_installed()
        self.default = default or AMERICAN
        self._espeak = espeak
        try:
            self.reader(self.default)
        except BadMessage as error:
            raise ValueError(error.message) from None
        self._worker = WorkerThread("hibari")
        self._closed = False

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        check_installed()
        try:
            espeak = EspeakVoice()
        except ValueError as error:
            log.info("hibari speaks English only", reason=str(error))
            espeak = None
        return cls(settings.voice, espeak)

    def reader(self, name: str) -> Reader:
        """Returns what speaks with the voice of this name: hibari for English, else espeak-ng. Raises BadMessage."""
        if found := accent(name):
            return partial(self._read, found)
        if self._espeak:
            return partial(self._read_foreign, self._espeak.reader(name.removeprefix(ESPEAK)))
        raise BadMessage(
            f"voice: the local voice hibari has no {name[:60]!r}: ask for en-US or en-GB, or install espeak-ng for "
            "other languages (pip install 'a2f-server[voice]')"
        )

    async def voices(self) -> list[VoiceInfo]:
        """Lists hibari's accents, then espeak-ng's languages."""
        others = await self._espeak.voices() if self._espeak else []
        own = {info.name for info in INFOS}
        return [*INFOS, *(replace(o, name=ESPEAK + o.name) if o.name in own else o for o in others)]

    async def warm(self) -> None:
        """Loads the network and the dictionaries of both accents: later, loading them would delay live streams, since
        parsing holds the interpreter's lock."""
        try:
            for accent in (AMERICAN, BRITISH):
                await self._read(accent, TextSegment("Hello."), True)
        except TtsFailed as failure:
            log.warning("hibari could not be loaded", reason=failure.message)

    async def close(self) -> None:
        """Ends the thread after the current segment."""
        if not self._closed:
            self._closed = True
            self._worker.stop()
            if self._espeak:
                await self._espeak.close()

    async def _read(self, accent: str, segment: TextSegment, final: bool) -> SpokenSegment:
        if self._closed:
            raise TtsFailed("the server is shutting down")
        spoken = await self._worker.run(partial(ENGINE.speak, segment, british=accent == BRITISH))
        if spoken.pcm or not self._espeak:
            return spoken
        return await self._read_foreign(self._espeak.reader(accent), segment, final)  # such as Chinese characters

    async def _read_foreign(self, read: Reader, segment: TextSegment, final: bool) -> SpokenSegment:
        assert self._espeak
        return (await read(segment, final)).resampled(self._espeak.sample_rate, self.sample_rate)
