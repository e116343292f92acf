"""Runs blocking calls of the event loop on one thread, in order."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
_Job = tuple[Callable[[], Any], asyncio.Future[Any], asyncio.AbstractEventLoop]


class WorkerThread:
    """Runs calls one after another. A daemon thread: a call that hangs does not keep the process alive."""

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._started: float | None = None
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    async def run(self, call: Callable[[], T]) -> T:
        """Returns the call's result, or raises its exception. A call cancelled before it starts is skipped."""
        return await self.submit(call)

    def submit(self, call: Callable[[], T]) -> asyncio.Future[T]:
        """Queues a call; returns the future of its result."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put((call, future, loop))
        return future

    def busy_for(self, now: float) -> float:
        """Returns the seconds that the current call has taken at `now` (`time.monotonic`), 0 between calls."""
        started = self._started
        return 0.0 if started is None else now - started

    def stop(self) -> None:
        """Ends the thread after the current call."""
        self._jobs.put(None)

    def wait(self, limit: float) -> None:
        """Waits for the thread to end, at most `limit` seconds."""
        self._thread.join(limit)

    def _work(self) -> None:
        while job := self._jobs.get():
            call, future, loop = job
            self._started = time.monotonic()
            try:
                result, error = None if future.cancelled() else call(), None
            except BaseException as raised:
                result, error = None, raised
            self._started = None
            try:
                loop.call_soon_threadsafe(_settle, future, result, error)
            except RuntimeError:
                return  # the loop is closed


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
