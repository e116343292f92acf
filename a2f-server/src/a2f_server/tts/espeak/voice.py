"""The local voice `espeak`: espeak-ng.

It sounds robotic but starts instantly, covers about 100 languages and needs neither an account nor a network.

espeak-ng is GPL: it is loaded at run time, in a separate process, and is not part of our wheels and images.
"""

from __future__ import annotations

from functools import partial
from typing import Self

import numpy as np

from a2f_server.errors import BadMessage, TtsFailed
from a2f_server.settings import Settings
from a2f_server.tts.contract import VoiceInfo
from a2f_server.tts.espeak import timing
from a2f_server.tts.espeak.voice_names import VoiceNames
from a2f_server.tts.espeak.worker_process import SynthesisJob, SynthesisResult, WorkerProcess
from a2f_server.tts.local_voice import LocalVoice, Reader
from a2f_server.tts.steps import TextSegment
from a2f_server.tts.timeline import SpokenSegment
from a2f_server.worker_thread import WorkerThread

DEFAULT = "en-us"


class EspeakVoice(LocalVoice):
    """Speaks with espeak-ng. Concurrent utterances alternate segment by segment: a long one does not delay the rest."""

    name = "espeak"

    def __init__(self, default: str | None = None) -> None:
        """Raises ValueError with an actionable message if espeak-ng is missing or has no such default voice."""
        self._process = WorkerProcess()
        self._voice_names = VoiceNames(self._process.voices, self._process.variants)
        self.default = default or DEFAULT
        try:
            self._voice_names.resolve(self.default)
        except BadMessage as error:
            self._process.stop()
            raise ValueError(error.message) from None
        self.sample_rate = self._process.rate
        self._worker = WorkerThread("espeak")
        self._closed = False

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        return cls(settings.voice)

    def reader(self, name: str) -> Reader:
        """Returns what speaks with espeak-ng's voice of this name; it raises TtsFailed. Raises BadMessage."""
        return partial(self._read, self._voice_names.resolve(name))

    async def voices(self) -> list[VoiceInfo]:
        """Lists one voice for each language and accent."""
        return list(self._voice_names.infos)

    async def close(self) -> None:
        """Ends the process and the thread after the current segment."""
        if not self._closed:
            self._closed = True
            await self._worker.run(self._process.stop)
            self._worker.stop()

    async def _read(self, identifier: str, segment: TextSegment, final: bool) -> SpokenSegment:
        if self._closed:
            raise TtsFailed("the server is shutting down")
        result = await self._worker.run(partial(self._process.say, _job(segment, identifier)))
        return _spoken(result, segment, self.sample_rate, final=final)


def _job(segment: TextSegment, identifier: str) -> SynthesisJob:
    """Limits the style to espeak-ng's ranges."""
    style = segment.style
    rate, pitch = min(max(round(175 * style.rate), 80), 450), min(max(round(50 * style.pitch), 0), 99)
    volume = min(max(round(100 * style.volume), 0), 200)
    return SynthesisJob(segment.text, identifier, rate, pitch, volume, segment.pause)


def _spoken(result: SynthesisResult, segment: TextSegment, rate: int, *, final: bool) -> SpokenSegment:
    """Returns a segment's events; no audio for a segment without speech."""
    samples, text = np.frombuffer(result.pcm, "<i2"), segment.text
    whole = timing.spans(result.marks, samples, rate, final=final)
    bookmarks = tuple(
        (timing.reached(result.marks, text, mark.at, len(samples)) if whole else 0, mark.name)
        for mark in segment.bookmarks
    )
    words = tuple(timing.words(result.marks, text, whole))
    return SpokenSegment(result.pcm if whole else b"", tuple(timing.visemes(whole)), words, bookmarks)
