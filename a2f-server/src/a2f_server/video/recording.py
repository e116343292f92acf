"""A video as it grows: segments of parts, whose newest bytes are in memory and whose others are on disk.

Belongs on the event loop, except for `store`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from a2f_server.video.parts import VideoPart, segment_parts
from a2f_server.video.spool import Spool, Stored

IN_MEMORY = 16
"""The newest parts, whose bytes stay in memory: three segments, which live players ask for."""
IN_PARTS = 10
"""The newest segments, whose parts can be had one by one."""


@dataclass(slots=True)
class RecordedPart:
    """A part of the recording."""

    duration: Fraction
    independent: bool
    stored: Stored
    data: bytes | None
    """Its bytes, None once they are only on disk."""

    @property
    def kept(self) -> bool:
        """True until its bytes are dropped."""
        return self.data is not None or not self.stored.volume.closed

    def read(self) -> bytes:
        """Returns its bytes; off the event loop, unless `data` has them. Raises ValueError if they were dropped."""
        return self.stored.read() if self.data is None else self.data


@dataclass(slots=True)
class Segment:
    """Parts from one key frame to the next."""

    number: int
    parts: list[RecordedPart] = field(default_factory=list)
    duration: Fraction = Fraction()
    """Seconds."""
    complete: bool = False
    joined: bool = False
    """True if its parts cannot be had one by one any more."""

    def append(self, part: RecordedPart) -> None:
        """Adds a part; the segment is complete once it has all."""
        self.parts.append(part)
        self.duration += part.duration
        self.complete = len(self.parts) == segment_parts(self.number)

    def join(self) -> None:
        """Makes one part of all whose bytes lie one after another: a long video has many."""
        first, last = self.parts[0].stored, self.parts[-1].stored
        if first.volume is last.volume:
            stored = Stored(first.volume, first.at, last.at + last.size - first.at)
            self.parts, self.joined = [RecordedPart(self.duration, True, stored, None)], True


class Recording:
    """The parts of one video, in order. Those that no longer fit into the limit are dropped from the beginning."""

    def __init__(self, header: bytes, part_duration: Fraction, limit: int, clock: Callable[[], float]) -> None:
        """`part_duration`: seconds of every part but the last. `limit`: bytes on disk."""
        self.header, self.part_duration = header, part_duration
        self.segments: list[Segment] = []
        self.duration = self.dropped = Fraction()
        """Seconds recorded so far, and how many of them were dropped."""
        self.longest = Fraction(1)
        """Seconds of the longest segment, at least one."""
        self.size = 0
        """Bytes recorded so far."""
        self.ended = False
        self.version = 0
        """Changes with every change."""
        self._clock = clock
        self._spool = Spool(limit)
        self._recent: list[RecordedPart] = []
        self._news = asyncio.Event()
        self._viewed, self._viewed_at = 0.0, 0.0

    @property
    def complete(self) -> bool:
        """True if nothing was dropped."""
        return not self.segments or self.segments[0].number == 0

    @property
    def viewed(self) -> float:
        """Seconds that somebody has seen who watches from the beginning, and waits wherever the video does."""
        return min(float(self.duration), self._viewed + self._clock() - self._viewed_at)

    def store(self, part: VideoPart) -> RecordedPart:
        """Writes a part to disk, for `add`. One thread at a time may call it. Raises OSError."""
        return RecordedPart(part.duration, part.independent, self._spool.append(part.data), part.data)

    def add(self, parts: Sequence[RecordedPart]) -> None:
        """Appends what `store` returned."""
        self._viewed, self._viewed_at = self.viewed, self._clock()
        for part in parts:
            self._append(part)
        self._drop()
        self._changed()

    def end(self) -> None:
        """Marks the end."""
        if self.segments:
            self.segments[-1].complete = True
        self.ended = True
        self._changed()

    def close(self) -> None:
        """Drops everything, and ends it for those that wait."""
        self._spool.close()
        self.segments, self._recent = [], []
        self.end()

    def segment(self, number: int) -> Segment | None:
        """Returns a segment, None if it is not there."""
        index = number - self.segments[0].number if self.segments else -1
        return self.segments[index] if 0 <= index < len(self.segments) else None

    def has(self, segment: int, part: int | None) -> bool:
        """Returns whether this part was recorded, or without a part the whole segment."""
        if not self.segments:
            return False
        last = self.segments[-1]
        if part is not None and part >= 0 and segment == last.number:
            return part < len(last.parts)
        return segment < last.number or (segment == last.number and last.complete and part is None)

    async def until(self, condition: Callable[[], bool], limit: float) -> bool:
        """Waits until the condition holds or the recording ends, at most `limit` seconds; returns whether it holds."""
        try:
            async with asyncio.timeout(limit):
                while not (condition() or self.ended):
                    await self._news.wait()
        except TimeoutError:
            pass
        return condition()

    def _append(self, part: RecordedPart) -> None:
        if part.independent:
            number = self.segments[-1].number + 1 if self.segments else 0
            self.segments.append(Segment(number))
            if number >= self.segments[0].number + IN_PARTS:
                self.segments[-1 - IN_PARTS].join()
        self.segments[-1].append(part)
        self.longest = max(self.longest, self.segments[-1].duration)
        self.duration += part.duration
        self.size += part.stored.size
        self._recent.append(part)
        while len(self._recent) > IN_MEMORY:
            self._recent.pop(0).data = None

    def _drop(self) -> None:
        while not all(part.kept for part in self.segments[0].parts):
            self.dropped += self.segments.pop(0).duration

    def _changed(self) -> None:
        self.version += 1
        self._news.set()
        self._news = asyncio.Event()
