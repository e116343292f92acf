"""How late the frames of live streams leave."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

TICK_S = 0.1
"""Seconds between looks at a server with streams."""
WINDOW = 3
"""Ticks that count."""


class LatenessMeter:
    """Watches the engine's rounds, and the event loop that `watch` runs on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ticks: deque[float] = deque(maxlen=WINDOW)
        self._worst = 0.0
        self._woken = asyncio.Event()

    @property
    def lateness(self) -> float:
        """Seconds: the worst in most of the last ticks, so that one accident does not count."""
        return sorted(self._ticks)[len(self._ticks) // 2] if self._ticks else 0.0

    def note(self, late: float) -> None:
        """Takes the seconds for which the stream of a round that waited longest had its audio."""
        self._worst = max(self._worst, late)

    def wake(self) -> None:
        """Ends the rest: a stream was opened."""
        self._woken.set()

    def tick(self, seconds: float) -> None:
        """Ends a tick of `seconds`. One that took longer than TICK_S delayed everybody."""
        self._ticks.append(max(seconds - TICK_S, self._worst))
        self._worst = 0.0

    async def watch(self, streams: Callable[[], int], on_tick: Callable[[], None]) -> None:
        """Counts ticks until it is cancelled, and calls `on_tick` after each. `streams`: how many are open."""
        while True:
            if not streams():
                self._ticks.clear()
                on_tick()
                self._woken.clear()
                await self._woken.wait()
            begun = self._clock()
            await asyncio.sleep(TICK_S)
            self.tick(self._clock() - begun)
            on_tick()
