"""Tunes the garbage collector and the allocator for a hundred batches per second, for weeks (bench/soak.py)."""

from __future__ import annotations

import ctypes
import gc
import sys

YOUNG = 50_000
"""New objects after which the collector looks for cycles."""
GENERATIONS = 2
"""Collections of a generation after which the next older one is collected too."""
KEPT_BYTES = 64 << 20
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -2, -3, -8
"""Parameters of mallopt(3)."""


def tune() -> None:
    """Tunes both for this process. Call it once everything is loaded."""
    _tune_collector()
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        _tune_allocator(libc)


def _tune_collector() -> None:
    """Makes collections rare, and full ones relatively frequent.

    Frames make much garbage but no cycles: at 300 streams Python's default thresholds cost 9 % of the time. With the
    default numbers of generations, what a collection happens to find alive would stay in memory for days afterwards.

    What the start left behind is frozen. The second collection makes Python forget how much that was, since it puts
    off a full collection until a quarter of all objects are new.
    """
    gc.collect()
    gc.freeze()
    gc.collect()
    gc.set_threshold(YOUNG, GENERATIONS, GENERATIONS)


def _tune_allocator(libc: ctypes.CDLL) -> None:
    """Keeps memory instead of giving it back, in few heaps.

    glibc returns the memory of large arrays to the system and requests it again: at 500 streams keeping it cut the 99th
    percentile of lateness from 276 to 51 ms. But each new thread would keep a heap of its own, as large as the largest
    file that it ever decoded; threads that start from now on share those that exist.
    """
    for option in (_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD):
        libc.mallopt(option, KEPT_BYTES)
    libc.mallopt(_ARENA_MAX, 1)
