"""Measures the work of a thread: its CPU time, mostly without the system call that this takes."""

from __future__ import annotations

from threading import local
from time import perf_counter, thread_time

FRESH_S = 0.002
"""Seconds for which a reading of the CPU time is used."""
LONG_S = 0.0002
"""Seconds of work up to which the wall clock will do."""


class WorkClock(local):
    """Times short pieces of work, for each thread on its own.

    The wall clock is read from memory, the CPU time by a system call, which may take a tenth as long as a message. But
    a piece of work during which the thread waited for another one must not count as long. So a piece that looks long is
    never longer than the CPU time since the last reading, which was up to FRESH_S before.
    """

    def __init__(self) -> None:
        self._wall = self._cpu = float("-inf")

    def start(self) -> float:
        """Begins a piece of work; returns the time by `perf_counter`."""
        now = perf_counter()
        if now - self._wall > FRESH_S:
            self._wall, self._cpu = now, thread_time()
        return now

    def used(self, begun: float, now: float) -> float:
        """Returns the seconds of work since `start` returned `begun`."""
        wall = now - begun
        return wall if wall <= LONG_S else min(wall, thread_time() - self._cpu)
