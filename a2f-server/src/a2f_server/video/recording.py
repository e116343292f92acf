"""A growing video: segments of parts, of which the newest are in memory and all are on disk.

Use it on the event loop, except for `store`.
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
"""The newest segments, whose parts can be fetched one by one."""


@dataclass(slots=True)
class RecordedPart:
    """A part of the recording."""

    duration: Fraction
    independent: bool
    stored: Stored
    data: bytes | None
    """Its bytes; None once they are only on disk."""

    @property
    def kept(self) -> bool:
        """True until its bytes are dropped."""
        return self.data is not None or not self.stored.volume.closed

    def read(self) -> bytes:
        """Returns its bytes; call it off the event loop unless `data` has them. Raises ValueError if dropped."""
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
    """True once its parts can no longer be fetched one by one."""

    def append(self, part: RecordedPart) -> None:
        """Adds a part; the segment is complete once it has all."""
        self.parts.append(part)
        self.duration += part.duration
        self.complete = len(self.parts) == segment_parts(self.number)

    def join(self) -> None:
        """Merges parts whose bytes are contiguous, since a long video has many parts."""
        first, last = self.parts[0].stored, self.parts[-1].stored
        if first.volume is last.volume:
            stored = Stored(first.volume, first.at, last.at + last.size - first.at)
            self.parts, self.joined = [RecordedPart(self.duration, True, stored, None)], True


class Recording:
    """The parts of one video, in order. Beyond the limit, the oldest are dropped."""

    def __init__(self, header: bytes, part_duration: Fraction, limit: int, clock: Callable[[], float]) -> None:
        """`part_duration`: seconds of every part but the last. `limit`: maximum bytes on disk."""
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
        """Increases with every change."""
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
        """Position in seconds of a viewer who has watched from the beginning and waits whenever the video does."""
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
        """Drops everything and wakes those that wait."""
        self._spool.close()
        self.segments, self._recent = [], []
        self.end()

    def segment(self, number: int) -> Segment | None:
        """Returns a segment, or None if it does not exist."""
        index = number - self.segments[0].number if self.segments else -1
        return self.segments[index] if 0 <= index < len(self.segments) else None

    def has(self, segment: int, part: int | None) -> bool:
        """Returns whether this part (or, without one, the whole segment) was recorded."""
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
