"""Measures how busy the server is with live streams, and how late their frames leave."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

TICK_S = 0.1
"""Seconds between looks at a server with streams."""
WINDOW = 3
"""Ticks that count."""
STRAINED_S = 0.018
"""Lateness from which nothing may be added: half a frame at 30 FPS. The 99th percentile that clients see is
about as much, since this is that of the stream that waits longest."""
SCHEDULER = Path("/proc/thread-self/schedstat")


def thread_seconds() -> tuple[float, float]:
    """Returns the seconds for which this thread has run, and has waited for a processor; without Linux the latter is
    0."""
    try:
        ran, waited, _ = SCHEDULER.read_bytes().split()
    except (OSError, ValueError):
        return time.thread_time(), 0.0
    return int(ran) / 1e9, int(waited) / 1e9


class Reading(NamedTuple):
    """The result of the last ticks."""

    lateness: float
    """Seconds: in all ticks but one, which may be an accident, no live stream waited longer for its frames. Those whose
    audio came faster than real time do not wait."""
    streams: float = 0.0
    """Mean number of open streams in the ticks that `load` is about."""
    load: float | None = None
    """Share of its time that the event loop, or the backend if that is more, needed for them. None if it was at work
    for files, too, which take all time that is left."""


class _Tick(NamedTuple):
    streams: float
    seconds: float
    demanded: float
    rounds: list[tuple[int, float]]
    """Rows of each call of the backend, and the seconds that it took."""


class LoadMeter:
    """Watches the event loop that `watch` runs on, and the engine's rounds."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        thread: Callable[[], tuple[float, float]] = thread_seconds,
    ) -> None:
        self._clock, self._thread = clock, thread
        self._late: deque[float] = deque(maxlen=WINDOW)
        self._ticks: deque[_Tick | None] = deque(maxlen=WINDOW)
        self._woken = asyncio.Event()
        self._worst, self._other, self._files = 0.0, 0.0, False
        self._rounds: list[tuple[int, float]] = []

    @property
    def strained(self) -> bool:
        """True while frames are nearly late, as far as the present tick and the last one show."""
        return max(self._worst, self._late[-1] if self._late else 0.0) > STRAINED_S

    def read(self) -> Reading:
        """Returns what the last ticks showed."""
        lateness = sorted((0.0, 0.0, *self._late))[-2]
        ticks = [tick for tick in self._ticks if tick]
        if not ticks:
            return Reading(lateness)
        seconds = sum(tick.seconds for tick in ticks)
        looped, called = sum(tick.demanded for tick in ticks), _called([r for tick in ticks for r in tick.rounds])
        return Reading(lateness, sum(t.streams for t in ticks) / len(ticks), max(looped, called) / seconds)

    def wake(self) -> None:
        """Ends the rest: a stream was opened."""
        self._woken.set()

    def note_round(self, late: float, rows: int, took: float) -> None:
        """Takes a call for live streams: the seconds for which the stream that waited longest had its audio, and the
        rows and seconds of the call."""
        self._worst = max(self._worst, late)
        self._rounds.append((rows, took))

    def note_other(self, seconds: float) -> None:
        """Takes seconds of the event loop that streams did not need, and that give way to them."""
        self._other += seconds

    def note_file(self) -> None:
        """Takes a call for audio that came faster than real time."""
        self._files = True

    def tick(self, streams: float, seconds: float, ran: float, waited: float) -> None:
        """Ends a tick with that many streams. One that took longer than TICK_S delayed all that were live.

        `ran`, `waited`: seconds for which the event loop's thread ran, and waited for a processor.
        """
        self._late.append(max(seconds - TICK_S, self._worst) if self._rounds else 0.0)
        own = max(0.0, 1 - self._other / ran) if ran else 1.0
        demanded = own * (ran + waited)
        self._ticks.append(None if self._files else _Tick(streams, seconds, demanded, self._rounds))
        self._begin()

    async def watch(self, streams: Callable[[], int], on_tick: Callable[[], None]) -> None:
        """Counts ticks until it is cancelled, and calls `on_tick` after each. `streams`: how many are open."""
        while True:
            if not streams():
                self._rest()
                on_tick()
                self._woken.clear()
                await self._woken.wait()
            before, begun, (ran, waited) = streams(), self._clock(), self._thread()
            await asyncio.sleep(TICK_S)
            now_ran, now_waited = self._thread()
            self.tick((before + streams()) / 2, self._clock() - begun, now_ran - ran, now_waited - waited)
            on_tick()

    def _rest(self) -> None:
        self._late.clear()
        self._ticks.clear()
        self._begin()

    def _begin(self) -> None:
        self._worst, self._other, self._files, self._rounds = 0.0, 0.0, False, []


def _called(rounds: list[tuple[int, float]]) -> float:
    """Returns the seconds that a backend needs for these rows in calls as large as the larger ones of them.

    A call costs something however few rows it has, and more streams make larger calls before they make more of them.
    """
    most = max((rows for rows, _ in rounds), default=0)
    large = [(rows, took) for rows, took in rounds if 2 * rows >= most]
    each = sum(took for _, took in large) / max(1, sum(rows for rows, _ in large))
    return each * sum(rows for rows, _ in rounds)
