"""Places the speech of one segment after another on the time axis of an utterance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import soxr

from a2f_server.tts import ipa
from a2f_server.tts.contract import AudioChunk, BookmarkEvent, SpeechEvent, VisemeEvent, WordEvent
from a2f_server.tts.markup import Bookmark

PIECE_S = 0.1


@dataclass(frozen=True, slots=True)
class SpokenSegment:
    """The speech of a segment: mono s16le, and events by time, in samples of the segment."""

    pcm: bytes = b""
    visemes: tuple[tuple[int, int, str], ...] = ()
    """(start, viseme id, its phonemes in IPA); the first one at 0."""
    words: tuple[tuple[int, int, str], ...] = ()
    """(start, end, the word as written in the text)."""
    bookmarks: tuple[tuple[int, str], ...] = ()
    """(time, name)."""

    def resampled(self, old: int, new: int) -> SpokenSegment:
        """Returns the same speech at another sample rate."""
        samples = soxr.resample(np.frombuffer(self.pcm, "<i2"), old, new) if self.pcm else np.zeros(0, "<i2")

        def moved(at: int) -> int:
            return min(round(at * new / old), len(samples))

        return SpokenSegment(
            samples.astype("<i2").tobytes(),
            tuple((moved(at), number, phonemes) for at, number, phonemes in self.visemes),
            tuple((moved(start), moved(end), word) for start, end, word in self.words),
            tuple((moved(at), name) for at, name in self.bookmarks),
        )


class Timeline:
    """Tracks the position in an utterance: samples sent so far, and the current viseme."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._sent = 0
        self._viseme: int | None = None

    def segment(self, spoken: SpokenSegment) -> list[SpeechEvent]:
        """Returns the events of a segment, each before the audio at its time."""
        timed: list[tuple[int, SpeechEvent]] = [
            (start, WordEvent(self._time(start), (end - start) / self._rate, word)) for start, end, word in spoken.words
        ]
        for at, number, phonemes in spoken.visemes:
            timed += [(at, viseme) for viseme in self._changed(at, number, phonemes)]
        timed += [(at, BookmarkEvent(self._time(at), name)) for at, name in spoken.bookmarks]
        return self._with_audio(sorted(timed, key=lambda event: event[0]), spoken.pcm)

    def silence(self, seconds: float, bookmarks: Iterable[Bookmark] = ()) -> list[SpeechEvent]:
        """Returns the events of a silence."""
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
