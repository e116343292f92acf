"""Threads that render and encode video, at a lower priority than live streams."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from a2f_server.cores import usable_cores

T = TypeVar("T")

NICENESS = 10


class DrawingThreads:
    """Runs short steps of many videos in FIFO order. Each step is a few frames of one video."""

    def __init__(self, count: int | None = None) -> None:
        """`count`: number of threads, by default one per CPU core that this process may use."""
        self.count = count or usable_cores()
        self._pool = ThreadPoolExecutor(self.count, "a2f-video", _lower_priority)

    async def run(self, step: Callable[[], T]) -> T:
        """Returns the step's result, or raises its exception. A step that has begun runs to its end."""
        return await asyncio.wrap_future(self._pool.submit(step))

    def submit(self, step: Callable[[], object]) -> None:
        """Queues a step that frees something. It runs even if the threads end before its turn."""
        try:
            job = self._pool.submit(step)
        except RuntimeError:  # the threads have ended
            step()
        else:
            job.add_done_callback(lambda done: step() if done.cancelled() else None)

    def stop(self) -> None:
        """Ends the threads after the steps that are running."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _lower_priority() -> None:
    if sys.platform == "linux":  # elsewhere the call would change the whole process
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
