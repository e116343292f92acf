"""Threads that decode files: audio, a block at a time, and pictures."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from a2f_server.engine.holdable import Holdable

T = TypeVar("T")

THREADS = max(1, min(4, (os.cpu_count() or 1) // 2))
"""Files that are decoded at a time. Each gives its thread up after every block, so that all advance together."""


class DecodingPool:
    """Runs short steps of decoding in the order in which they came."""

    def __init__(self, threads: int = THREADS, name: str = "a2f-decoding", *, niceness: int = 0) -> None:
        """`niceness` is added to the threads' niceness on Linux, where threads have their own."""
        self._threads = ThreadPoolExecutor(threads, name, _lower_priority, (niceness,))

    async def run(self, step: Callable[[], T], *used: Holdable) -> T:
        """Returns the step's result, or raises its exception.

        If the caller is cancelled, a step that has begun cannot be stopped; what it uses is held until it ends.
        """
        job = self._threads.submit(step)
        for one in used:
            one.hold()
        job.add_done_callback(_releasing(used))
        try:
            return await asyncio.shield(asyncio.wrap_future(job))
        except asyncio.CancelledError:
            job.cancel()
            raise

    def stop(self) -> None:
        """Ends the threads after their current steps."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _lower_priority(niceness: int) -> None:
    if niceness and sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)


def _releasing(used: Sequence[Holdable]) -> Callable[[object], None]:
    loop = asyncio.get_running_loop()

    def release() -> None:
        for one in used:
            one.release()

    def on_done(_: object) -> None:
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(release)

    return on_done
