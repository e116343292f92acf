"""Gives memory back to the system once the server is idle."""

from __future__ import annotations

import asyncio
import ctypes
import os
import sys
from collections.abc import Callable
from pathlib import Path

CHECK_S, MOST_CHECK_S = 2.0, 60.0
"""Seconds between two checks, and most of them while trimming does not help."""
GROWN_BYTES = 8 << 20
"""Growth since the start that is worth the work."""


async def trim_when_idle(busy: Callable[[], bool]) -> None:
    """Frees unused pages whenever nothing runs and the process has grown. Never returns.

    The allocator keeps its pages for speed (`tune_memory`), also those of a burst of large uploads.
    """
    if not _can_trim():
        return
    most, pause = resident_bytes() + GROWN_BYTES, CHECK_S
    while True:
        await asyncio.sleep(pause)
        if busy() or resident_bytes() <= most:
            pause = CHECK_S
            continue
        await asyncio.to_thread(trim)
        # what is still there is in use, perhaps not for long
        pause = CHECK_S if resident_bytes() <= most else min(2 * pause, MOST_CHECK_S)


def trim() -> None:
    """Returns all free pages of the heap to the system."""
    ctypes.CDLL(None).malloc_trim(0)


def resident_bytes() -> int:
    """Returns the resident memory of this process."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _can_trim() -> bool:
    return sys.platform == "linux" and hasattr(ctypes.CDLL(None), "malloc_trim")
