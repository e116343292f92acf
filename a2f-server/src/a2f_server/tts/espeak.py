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
from a2f_server.tts.contract import Audio, Event, Request, Viseme, VoiceInfo, Word
from a2f_server.tts.espeakng import markup, timing
from a2f_server.tts.espeakng.blocks import blocks, pauses
from a2f_server.tts.espeakng.link import Job, Link, Said
from a2f_server.tts.espeakng.markup import Part, Pause, Style
from a2f_server.tts.espeakng.names import Names
from a2f_server.worker_thread import WorkerThread

DEFAULT = "en-us"
PIECE_S = 0.1


class EspeakVoice:
    """Implements `contract.Voice`. Utterances take turns block by block, so that a long one delays no other."""

    name = "espeak"
    animates = False

    def __init__(self, default: str | None = None) -> None:
        """Raises ValueError with a sentence that helps where there is no espeak-ng, or no such default voice."""
        self._link = Link()
        self._names = Names(self._link.voices, self._link.variants)
        self._default = default or DEFAULT
        try:
            self._names.resolve(self._default)
        except BadMessage as error:
            self._link.stop()
            raise ValueError(error.message) from None
        self.sample_rate = self._link.rate
        self._worker = WorkerThread("espeak")
        self._closed = False

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Raises ValueError as the constructor does."""
        return cls(settings.voice)

    async def speak(self, request: Request) -> AsyncGenerator[Event, None]:
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
        return list(self._names.infos)

    async def close(self) -> None:
        """Ends the process and the thread, after the block that they are in."""
        if not self._closed:
            self._closed = True
            await self._worker.run(self._link.stop)
            self._worker.stop()

    async def _say(self, job: Job) -> Said:
        if self._closed:
            raise TtsFailed("the server is shutting down")
        return await self._worker.run(partial(self._link.say, job))

    def _jobs(self, request: Request) -> list[Job | Pause]:
        """All that is to be done. Raises BadMessage before any of it where a voice is not there."""
        asked = request.voice or self._default
        parts = [Part(request.text or "")] if request.ssml is None else markup.parts(request.ssml)
        out: list[Job | Pause] = []
        for part in parts:
            if isinstance(part, Pause):
                out.append(part)
            elif part.text.strip():
                voice = self._names.resolve(part.style.voice or asked)
                out += [_job(block, voice, part.style) for block in blocks(part.text)]
        return _without_last_pauses(out)


class _Timeline:
    """Where an utterance stands: what was sent so far, in samples, and which viseme holds."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._sent = 0
        self._face: int | None = None

    def block(self, said: Said, text: str, *, final: bool) -> list[Event]:
        """Its events, each before the sound that holds it; none where nothing is said."""
        samples = np.frombuffer(said.pcm, "<i2")
        whole = timing.spans(said.marks, samples, self._rate, final=final)
        timed: list[tuple[int, Event]] = [
            (start, Word(self._time(start), (end - start) / self._rate, word))
            for start, end, word in timing.words(said.marks, text, whole)
        ]
        for at, face in timing.visemes(whole):
            timed += [(at, viseme) for viseme in self._turn(at, face)]
        return self._with_sound(sorted(timed, key=lambda event: event[0]), said.pcm if whole else b"")

    def rest(self, seconds: float) -> list[Event]:
        """Silence."""
        closed: list[tuple[int, Event]] = [(0, viseme) for viseme in self._turn(0, ipa.SILENCE)]
        return self._with_sound(closed, bytes(2 * round(seconds * self._rate)))

    def close(self) -> Viseme | None:
        """The last one, where it is still owed."""
        return next(self._turn(0, ipa.SILENCE), None) if self._face else None

    def _time(self, at: int) -> float:
        return (self._sent + at) / self._rate

    def _turn(self, at: int, face: int) -> Iterator[Viseme]:
        """A viseme, unless it holds already."""
        if face != self._face:
            self._face = face
            yield Viseme(self._time(at), face)

    def _with_sound(self, timed: list[tuple[int, Event]], pcm: bytes) -> list[Event]:
        out: list[Event] = []
        size, done = 2 * int(PIECE_S * self._rate), 0
        for start in range(0, len(pcm), size):
            piece = pcm[start : start + size]
            while done < len(timed) and 2 * timed[done][0] < start + len(piece):
                out.append(timed[done][1])
                done += 1
            out.append(Audio(piece))
        self._sent += len(pcm) // 2
        return out + [event for _, event in timed[done:]]


def _without_last_pauses(jobs: list[Job | Pause]) -> list[Job | Pause]:
    """A mark's pause only goes between two jobs: the last has none, and a <break> says how long its own is."""
    followed = [isinstance(job, Job) for job in jobs[1:]]
    return [
        job if isinstance(job, Pause) or any(followed[i : i + 1]) else replace(job, pause=False)
        for i, job in enumerate(jobs)
    ]


def _job(text: str, voice: str, style: Style) -> Job:
    """Within what espeak-ng can do."""
    rate, pitch = min(max(round(175 * style.rate), 80), 450), min(max(round(50 * style.pitch), 0), 99)
    return Job(text, voice, rate, pitch, min(max(round(100 * style.volume), 0), 200), pauses(text))
