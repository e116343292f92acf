"""Recordings: bounded on disk and in memory, readable by parts and by segments, and with an end."""

from __future__ import annotations

import asyncio
from fractions import Fraction

import pytest

from a2f_server.video.parts import VideoPart, begins_segment
from a2f_server.video.recording import IN_MEMORY, IN_PARTS, Recording
from a2f_server.video.spool import Spool

pytestmark = pytest.mark.anyio
FIFTH = Fraction(1, 5)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def recording(limit: int = 1 << 20, clock: Clock | None = None) -> Recording:
    return Recording(b"header", FIFTH, limit, clock or Clock())


def record(into: Recording, count: int, size: int = 10) -> None:
    """Appends parts whose bytes say their number."""
    for _ in range(count):
        number = round(into.duration / FIFTH)
        part = VideoPart(b"%0*d" % (size, number), 5, FIFTH, begins_segment(number))
        into.add([into.store(part)])


def numbers(into: Recording) -> list[int]:
    """Returns the numbers of the parts that can be read."""
    data = b"".join(part.read() for segment in into.segments for part in segment.parts)
    return [int(data[at : at + 10]) for at in range(0, len(data), 10)]


def test_parts_become_segments() -> None:
    video = recording()
    record(video, 8)
    assert [len(segment.parts) for segment in video.segments] == [1, 5, 2], "a short one first, for hls.js"
    assert [segment.complete for segment in video.segments] == [True, True, False]
    assert video.has(1, None)
    assert video.has(2, 1)
    assert not video.has(2, None)
    assert not video.has(2, 2)
    video.end()
    assert video.has(2, None)
    assert numbers(video) == list(range(8))
    assert (video.size, video.duration) == (80, 8 * FIFTH)


def test_only_the_newest_parts_are_in_memory_and_all_can_be_read() -> None:
    video = recording()
    record(video, 5 * (IN_PARTS + 20))
    in_memory = [part for segment in video.segments for part in segment.parts if part.data is not None]
    assert len(in_memory) == IN_MEMORY
    assert len(video.segments[0].parts) == 1, "the parts of old segments are joined"
    assert numbers(video) == list(range(5 * (IN_PARTS + 20)))
    assert video.complete


def test_the_disk_has_a_limit() -> None:
    video = recording(limit=1000)
    record(video, 500)
    kept = numbers(video)
    assert kept[-1] == 499
    assert len(kept) * 10 <= 1000 + 10 * IN_MEMORY
    assert len(kept) * 10 >= 400, "about half of the limit at least"
    assert kept == list(range(kept[0], 500)), "without a gap"
    assert not video.complete
    assert video.dropped == kept[0] * FIFTH
    assert video.segment(0) is None
    assert video.segment(video.segments[0].number) is video.segments[0]


def test_closed_spools_keep_nothing() -> None:
    spool = Spool(100)
    stored = spool.append(b"bytes")
    assert stored.read() == b"bytes"
    spool.close()
    spool.close()
    with pytest.raises(ValueError, match="closed"):
        stored.read()


async def test_waiting_ends_with_the_part_the_end_or_the_limit() -> None:
    video = recording()
    waiting = asyncio.ensure_future(video.until(lambda: video.has(0, 1), 20))
    await asyncio.sleep(0)
    record(video, 1)
    await asyncio.sleep(0)
    assert not waiting.done()
    record(video, 1)
    assert await waiting
    assert not await video.until(lambda: video.has(9, 0), 0)
    waiting = asyncio.ensure_future(video.until(lambda: video.has(9, 0), 20))
    await asyncio.sleep(0)
    video.end()
    assert not await waiting
    assert not await video.until(lambda: video.has(9, 0), 20)


async def test_closing_ends_the_wait_and_drops_everything() -> None:
    video = recording()
    record(video, 2)
    waiting = asyncio.ensure_future(video.until(lambda: False, 20))
    await asyncio.sleep(0)
    video.close()
    assert not await waiting
    assert not video.segments


def test_a_viewer_from_the_beginning_waits_where_the_video_does() -> None:
    clock = Clock()
    video = recording(clock=clock)
    record(video, 10)
    assert video.viewed == 0
    clock.now += 1
    assert video.viewed == 1
    clock.now += 100
    assert video.viewed == 2, "the video goes no further"
    record(video, 10)
    clock.now += 1.5
    assert video.viewed == pytest.approx(3.5)
