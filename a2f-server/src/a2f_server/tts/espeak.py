"""The local voice: espeak-ng. No account, no network and a hundred languages; it sounds like a machine.

espeak-ng is GPL: it is loaded at run time, in a process of its own, and is part of no wheel or image of ours.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from functools import partial
from typing import Self

import numpy as np

from a2f_server.errors import BadMessage, TtsFailed
from a2f_server.settings import Settings
from a2f_server.tts import ipa
from a2f_server.tts.contract import AudioChunk, SpeechEvent, SpeechRequest, VisemeEvent, Voice, VoiceInfo, WordEvent
from a2f_server.tts.espeakng import markup, timing
from a2f_server.tts.espeakng.markup import Pause, Style, StyledText
from a2f_server.tts.espeakng.segmentation import ends_with_pause, segments
from a2f_server.tts.espeakng.voice_names import VoiceNames
from a2f_server.tts.espeakng.worker_process import SynthesisJob, SynthesisResult, WorkerProcess
from a2f_server.worker_thread import WorkerThread

DEFAULT = "en-us"
PIECE_S = 0.1


class EspeakVoice(Voice):
    """Implements `contract.Voice`. Utterances take turns block by block, so that a long one delays no other."""

    name = "espeak"

    def __init__(self, default: str | None = None) -> None:
        """Raises ValueError with a sentence that helps where there is no espeak-ng, or no such default voice."""
        self._process = WorkerProcess()
        self._voice_names = VoiceNames(self._process.voices, self._process.variants)
        self._default = default or DEFAULT
        try:
            self._voice_names.resolve(self._default)
        except BadMessage as error:
            self._process.stop()
            raise ValueError(error.message) from None
        self.sample_rate = self._process.rate
        self._worker = WorkerThread("espeak")
        self._closed = False

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Raises ValueError as the constructor does."""
        return cls(settings.voice)

    async def speak(self, request: SpeechRequest) -> AsyncGenerator[SpeechEvent, None]:
        """Events of one block after another; see `contract.Voice.speak`."""
        jobs, timeline = self._jobs(request), _Timeline(self.sample_rate)
        for i, job in enumerate(jobs):
            if isinstance(job, Pause):
                events = timeline.rest(job.seconds)
            else:
                said = await self._say(job)
                events = timeline.block(said, job.text, final=i == len(jobs) - 1)
            for event in events:
                yield event
        if closing := timeline.close():
            yield closing

    async def warm(self) -> None:
        """Nothing is left to do: the process runs."""

    async def voices(self) -> list[VoiceInfo]:
        """One for each language and accent that can be spoken."""
        return list(self._voice_names.infos)

    async def close(self) -> None:
        """Ends the process and the thread, after the block that they are in."""
        if not self._closed:
            self._closed = True
            await self._worker.run(self._process.stop)
            self._worker.stop()

    async def _say(self, job: SynthesisJob) -> SynthesisResult:
        if self._closed:
            raise TtsFailed("the server is shutting down")
        return await self._worker.run(partial(self._process.say, job))

    def _jobs(self, request: SpeechRequest) -> list[SynthesisJob | Pause]:
        """All that is to be done. Raises BadMessage before any of it where a voice is not there."""
        asked = request.voice or self._default
        parts = [StyledText(request.text or "")] if request.ssml is None else markup.parts(request.ssml)
        out: list[SynthesisJob | Pause] = []
        for part in parts:
            if isinstance(part, Pause):
                out.append(part)
            elif part.text.strip():
                voice = self._voice_names.resolve(part.style.voice or asked)
                out += [_job(block, voice, part.style) for block in segments(part.text)]
        return _without_last_pauses(out)


class _Timeline:
    """Where an utterance stands: what was sent so far, in samples, and which viseme holds."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._sent = 0
        self._face: int | None = None

    def block(self, said: SynthesisResult, text: str, *, final: bool) -> list[SpeechEvent]:
        """Its events, each before the sound that holds it; none where nothing is said."""
        samples = np.frombuffer(said.pcm, "<i2")
        whole = timing.spans(said.marks, samples, self._rate, final=final)
        timed: list[tuple[int, SpeechEvent]] = [
            (start, WordEvent(self._time(start), (end - start) / self._rate, word))
            for start, end, word in timing.words(said.marks, text, whole)
        ]
        for at, face in timing.visemes(whole):
            timed += [(at, viseme) for viseme in self._turn(at, face)]
        return self._with_sound(sorted(timed, key=lambda event: event[0]), said.pcm if whole else b"")

    def rest(self, seconds: float) -> list[SpeechEvent]:
        """Silence."""
        closed: list[tuple[int, SpeechEvent]] = [(0, viseme) for viseme in self._turn(0, ipa.SILENCE)]
        return self._with_sound(closed, bytes(2 * round(seconds * self._rate)))

    def close(self) -> VisemeEvent | None:
        """The last one, where it is still owed."""
        return next(self._turn(0, ipa.SILENCE), None) if self._face else None

    def _time(self, at: int) -> float:
        return (self._sent + at) / self._rate

    def _turn(self, at: int, face: int) -> Iterator[VisemeEvent]:
        """A viseme, unless it holds already."""
        if face != self._face:
            self._face = face
            yield VisemeEvent(self._time(at), face)

    def _with_sound(self, timed: list[tuple[int, SpeechEvent]], pcm: bytes) -> list[SpeechEvent]:
        out: list[SpeechEvent] = []
        size, done = 2 * int(PIECE_S * self._rate), 0
        for start in range(0, len(pcm), size):
            piece = pcm[start : start + size]
            while done < len(timed) and 2 * timed[done][0] < start + len(piece):
                out.append(timed[done][1])
                done += 1
            out.append(AudioChunk(piece))
        self._sent += len(pcm) // 2
        return out + [event for _, event in timed[done:]]


def _without_last_pauses(jobs: list[SynthesisJob | Pause]) -> list[SynthesisJob | Pause]:
    """A mark's pause only goes between two jobs: the last has none, and a <break> says how long its own is."""
    followed = [isinstance(job, SynthesisJob) for job in jobs[1:]]
    return [
        job if isinstance(job, Pause) or any(followed[i : i + 1]) else replace(job, pause=False)
        for i, job in enumerate(jobs)
    ]


def _job(text: str, voice: str, style: Style) -> SynthesisJob:
    """Within what espeak-ng can do."""
    rate, pitch = min(max(round(175 * style.rate), 80), 450), min(max(round(50 * style.pitch), 0), 99)
    return SynthesisJob(text, voice, rate, pitch, min(max(round(100 * style.volume), 0), 200), ends_with_pause(text))
