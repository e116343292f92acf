"""Gives memory back to the system once the server is idle."""

from __future__ import annotations

import asyncio
import ctypes
import os
import sys
from collections.abc import Callable
from pathlib import Path

CHECK_S = 2.0
GROWN_BYTES = 8 << 20
"""Growth since the last time that is worth the work."""


async def trim_when_idle(busy: Callable[[], bool]) -> None:
    """Frees unused pages whenever nothing runs and the process has grown. Never returns.

    The allocator keeps its pages for speed (`tune_memory`), also those of a burst of large uploads.
    """
    if not _can_trim():
        return
    floor = resident_bytes()
    while True:
        await asyncio.sleep(CHECK_S)
        if not busy() and resident_bytes() > floor + GROWN_BYTES:
            await asyncio.to_thread(trim)
            floor = resident_bytes()


def trim() -> None:
    """Returns all free pages of the heap to the system."""
    ctypes.CDLL(None).malloc_trim(0)


def resident_bytes() -> int:
    """Returns the resident memory of this process."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _can_trim() -> bool:
    return sys.platform == "linux" and hasattr(ctypes.CDLL(None), "malloc_trim")
