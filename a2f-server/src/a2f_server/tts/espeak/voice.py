"""The local voice `espeak`: espeak-ng.

It sounds robotic but starts instantly, covers about 100 languages and needs neither an account nor a network.

espeak-ng is GPL: it is loaded at run time, in a separate process, and is not part of our wheels and images.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Self

import numpy as np

from a2f_server.errors import BadMessage, TtsFailed
from a2f_server.settings import Settings
from a2f_server.tts import ipa
from a2f_server.tts.contract import (
    AudioChunk,
    BookmarkEvent,
    SpeechEvent,
    SpeechRequest,
    VisemeEvent,
    Voice,
    VoiceInfo,
    WordEvent,
)
from a2f_server.tts.espeak import markup, timing
from a2f_server.tts.espeak.markup import Bookmark, Pause, Style, StyledText
from a2f_server.tts.espeak.segmentation import ends_with_pause, segments
from a2f_server.tts.espeak.voice_names import VoiceNames
from a2f_server.tts.espeak.worker_process import SynthesisJob, SynthesisResult, WorkerProcess
from a2f_server.worker_thread import WorkerThread

DEFAULT = "en-us"
PIECE_S = 0.1


class EspeakVoice(Voice):
    """Speaks with espeak-ng. Concurrent utterances alternate segment by segment: a long one does not delay the rest."""

    name = "espeak"

    def __init__(self, default: str | None = None) -> None:
        """Raises ValueError with an actionable message if espeak-ng is missing or has no such default voice."""
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
        return cls(settings.voice)

    async def speak(self, request: SpeechRequest) -> AsyncGenerator[SpeechEvent, None]:
        """Yields the events of one segment after another."""
        steps, timeline = self._steps(request), _Timeline(self.sample_rate)
        for i, step in enumerate(steps):
            if isinstance(step.work, Pause):
                events = timeline.pause(step.work.seconds, step.bookmarks)
            else:
                result = await self._say(step.work)
                events = timeline.segment(result, step.work.text, step.bookmarks, final=i == len(steps) - 1)
            for event in events:
                yield event
        if closing := timeline.close():
            yield closing

    async def voices(self) -> list[VoiceInfo]:
        """Lists one voice for each language and accent."""
        return list(self._voice_names.infos)

    async def close(self) -> None:
        """Ends the process and the thread after the current segment."""
        if not self._closed:
            self._closed = True
            await self._worker.run(self._process.stop)
            self._worker.stop()

    async def _say(self, job: SynthesisJob) -> SynthesisResult:
        if self._closed:
            raise TtsFailed("the server is shutting down")
        return await self._worker.run(partial(self._process.say, job))

    def _steps(self, request: SpeechRequest) -> list[_Step]:
        """Splits a request into steps. Raises BadMessage for an unknown voice, before any audio is made."""
        asked = request.voice or self._default
        parts = [StyledText(request.text or "")] if request.ssml is None else markup.parts(request.ssml)
        out: list[_Step] = []
        for part in parts:
            if isinstance(part, Pause):
                out.append(_Step(part))
            else:
                voice = self._voice_names.resolve(part.style.voice or asked) if part.text.strip() else ""
                out += _text_steps(part, voice)
        return _without_last_pauses(out)


@dataclass(frozen=True, slots=True)
class _Step:
    """A segment to synthesise, or a pause, with the bookmarks in it."""

    work: SynthesisJob | Pause
    bookmarks: tuple[Bookmark, ...] = ()


def _text_steps(part: StyledText, voice: str) -> Iterator[_Step]:
    """Yields the segments of a text; a pause of no length for bookmarks in a text that has nothing to say."""
    pieces = list(segments(part.text)) or [(0, "")]
    starts = [at for at, _ in pieces[1:]] + [len(part.text) + 1]
    left = list(part.bookmarks)
    for (at, piece), following in zip(pieces, starts, strict=True):
        own = tuple(Bookmark(max(0, mark.at - at), mark.name) for mark in left if mark.at < following)
        left = left[len(own) :]
        if piece:
            yield _Step(_job(piece, voice, part.style), own)
        elif own:
            yield _Step(Pause(0), own)


class _Timeline:
    """Tracks the position in an utterance: samples sent so far, and the current viseme."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._sent = 0
        self._viseme: int | None = None

    def segment(
        self, result: SynthesisResult, text: str, bookmarks: Iterable[Bookmark], *, final: bool
    ) -> list[SpeechEvent]:
        """Returns the events of a segment, each before the audio at its time; none for a segment without speech."""
        samples = np.frombuffer(result.pcm, "<i2")
        whole = timing.spans(result.marks, samples, self._rate, final=final)
        timed: list[tuple[int, SpeechEvent]] = [
            (start, WordEvent(self._time(start), (end - start) / self._rate, word))
            for start, end, word in timing.words(result.marks, text, whole)
        ]
        for at, number, phonemes in timing.visemes(whole):
            timed += [(at, viseme) for viseme in self._changed(at, number, phonemes)]
        for mark in bookmarks:
            at = timing.reached(result.marks, text, mark.at, len(samples)) if whole else 0
            timed.append((at, BookmarkEvent(self._time(at), mark.name)))
        return self._with_audio(sorted(timed, key=lambda event: event[0]), result.pcm if whole else b"")

    def pause(self, seconds: float, bookmarks: Iterable[Bookmark] = ()) -> list[SpeechEvent]:
        """Returns the events of a pause."""
        timed: list[tuple[int, SpeechEvent]] = [(0, BookmarkEvent(self._time(0), mark.name)) for mark in bookmarks]
        samples = round(seconds * self._rate)
        if samples:
            timed += [(0, viseme) for viseme in self._changed(0, ipa.SILENCE)]
        return self._with_audio(timed, bytes(2 * samples))

    def close(self) -> VisemeEvent | None:
        """Returns the final silence viseme if the mouth is not closed yet."""
        return next(self._changed(0, ipa.SILENCE), None) if self._viseme else None

    def _time(self, at: int) -> float:
        return (self._sent + at) / self._rate

    def _changed(self, at: int, number: int, phonemes: str = "") -> Iterator[VisemeEvent]:
        """Yields a viseme event if it differs from the current one."""
        if number != self._viseme:
            self._viseme = number
            yield VisemeEvent(self._time(at), number, phonemes)

    def _with_audio(self, timed: list[tuple[int, SpeechEvent]], pcm: bytes) -> list[SpeechEvent]:
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


def _without_last_pauses(steps: list[_Step]) -> list[_Step]:
    """Removes the punctuation pause from jobs without a job right after them: a <break> states its own length."""
    followed = [isinstance(step.work, SynthesisJob) for step in steps[1:]]
    return [
        step
        if isinstance(step.work, Pause) or any(followed[i : i + 1])
        else replace(step, work=replace(step.work, pause=False))
        for i, step in enumerate(steps)
    ]


def _job(text: str, voice: str, style: Style) -> SynthesisJob:
    """Limits the style to espeak-ng's ranges."""
    rate, pitch = min(max(round(175 * style.rate), 80), 450), min(max(round(50 * style.pitch), 0), 99)
    return SynthesisJob(text, voice, rate, pitch, min(max(round(100 * style.volume), 0), 200), ends_with_pause(text))
