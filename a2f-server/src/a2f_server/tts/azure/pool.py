"""Lines that wait for the next utterance, with their connections open: opening one takes longer than speaking does."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor

from a2f_server.tts.azure.line import Line
from a2f_server.tts.azure.place import Place

IDLE_S = 180.0
"""Seconds after which an idle line is closed: networks forget connections after four minutes."""
MOST_IDLE = 8
THREADS = 32
"""For calls of the SDK that block: making and stopping, each for milliseconds unless the network is bad."""


class Pool:
    """On the event loop only; what blocks goes to threads."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._idle: list[Line] = []
        self._busy: set[Line] = set()
        self._expiry: dict[Line, asyncio.TimerHandle] = {}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="azure")
        self._closed = False

    async def take(self) -> Line:
        """An idle line, or a new one. Raises RuntimeError where the SDK can make none."""
        while self._idle:
            line = self._idle.pop()
            self._expiry.pop(line).cancel()
            if not line.broken:
                break
            self.drop(line)
        else:
            line = await self._made()
        self._busy.add(line)
        return line

    def give(self, line: Line) -> None:
        """Takes back a line whose utterance is complete."""
        self._busy.discard(line)
        if self._closed or line.broken or len(self._idle) >= MOST_IDLE:
            return self.drop(line)
        self._idle.append(line)
        self._expiry[line] = asyncio.get_running_loop().call_later(IDLE_S, self._expire, line)

    def drop(self, line: Line) -> None:
        """Stops a line and frees it."""
        self._busy.discard(line)
        if not self._closed:
            self._threads.submit(line.dispose)

    async def warm(self) -> None:
        """Sees to it that one line is idle and its connection open. Raises RuntimeError."""
        if self._idle or self._closed:
            return
        line = await self._made()
        self._busy.add(line)
        if await asyncio.get_running_loop().run_in_executor(self._threads, line.open):
            self.give(line)
        else:
            self.drop(line)

    async def close(self) -> None:
        """Frees all lines, and waits for it."""
        for timer in self._expiry.values():
            timer.cancel()
        self._expiry.clear()
        for line in [*self._idle, *self._busy]:
            self.drop(line)
        self._idle.clear()
        self._closed = True
        await asyncio.to_thread(self._threads.shutdown)

    def _expire(self, line: Line) -> None:
        del self._expiry[line]
        self._idle.remove(line)
        self.drop(line)

    async def _made(self) -> Line:
        if self._closed:
            raise RuntimeError("the voice is closed")
        making = self._threads.submit(Line, self._place)
        try:
            return await asyncio.wrap_future(making)
        except asyncio.CancelledError:
            making.add_done_callback(self._unwanted)
            raise

    def _unwanted(self, making: Future[Line]) -> None:
        if not making.cancelled() and not making.exception():
            making.result().dispose()
