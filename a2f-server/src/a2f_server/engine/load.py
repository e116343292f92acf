"""How busy the server is with live streams, and how late their frames leave."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

TICK_S = 0.1
"""Seconds between looks at a server with streams."""
RECENT, WINDOW = 5, 20
"""Ticks that count for how busy the server is, and for how late."""
LATE_S = 0.02
"""Lateness from which frames count as late: less than a frame at 30 FPS."""
MOST_LATE = 4
"""Late ticks within the window that may be accidents."""
SCHEDULER = Path("/proc/thread-self/schedstat")


def demanded_seconds() -> float:
    """Returns the seconds for which this thread has run or waited for a processor. Without Linux, only the former."""
    try:
        ran, waited, _ = SCHEDULER.read_bytes().split()
    except (OSError, ValueError):
        return time.thread_time()
    return (int(ran) + int(waited)) / 1e9


class LoadMeter:
    """Watches the event loop that `watch` runs on, and the engine's calls of the backend."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, demanded: Callable[[], float] = demanded_seconds
    ) -> None:
        self._clock, self._demanded = clock, demanded
        self._lateness: deque[float] = deque(maxlen=WINDOW)
        self._recent: deque[tuple[int, float]] = deque(maxlen=RECENT)
        self._worst = self._called = 0.0
        self._files = False
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Ends the rest: a stream was opened."""
        self._woken.set()

    @property
    def is_late(self) -> bool:
        """True while frames are late: in more than a fifth of the last two seconds' ticks the live stream that waited
        longest, or the event loop, was later than LATE_S."""
        return sum(late > LATE_S for late in self._lateness) > MOST_LATE

    @property
    def streams(self) -> float:
        """Mean number of streams of the ticks that `busy` is about."""
        return sum(streams for streams, _ in self._recent) / max(1, len(self._recent))

    @property
    def busy(self) -> float:
        """Share of its time that the event loop, or the backend if that is more, was busy with `streams` streams."""
        return sum(busy for _, busy in self._recent) / max(1, len(self._recent))

    def note_call(self, late: float, took: float) -> None:
        """Takes a call for live streams: the seconds for which the one that waited longest had its audio, and those
        in the backend."""
        self._worst = max(self._worst, late)
        self._called += took

    def note_file(self) -> None:
        """Takes a call for a file. Files use all time that is left, so this tick does not show what streams need."""
        self._files = True

    def tick(self, streams: int, seconds: float, demanded: float) -> None:
        """Ends a tick of `seconds`, with that many streams, in which the event loop's thread demanded some."""
        self._lateness.append(max(seconds - TICK_S, self._worst))
        if not self._files:
            self._recent.append((streams, max(demanded, self._called) / seconds))
        self._worst, self._called, self._files = 0.0, 0.0, False

    def rest(self) -> None:
        """Forgets how late frames were: the server is idle."""
        self._lateness.clear()
        self._worst, self._called, self._files = 0.0, 0.0, False

    async def watch(self, streams: Callable[[], int], on_tick: Callable[[], None]) -> None:
        """Counts ticks until it is cancelled, and calls `on_tick` after each. `streams`: how many are open."""
        while True:
            if not streams():
                self.rest()
                on_tick()
                self._woken.clear()
                await self._woken.wait()
            before, begun, demanded = streams(), self._clock(), self._demanded()
            await asyncio.sleep(TICK_S)
            self.tick(min(before, streams()), self._clock() - begun, self._demanded() - demanded)
            on_tick()
