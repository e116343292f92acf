"""Lines that wait for the next utterance, with their connections open: opening one takes longer than speaking does."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor

from a2f_server.tts.azure.endpoint import Endpoint
from a2f_server.tts.azure.synthesizer import Synthesizer

IDLE_S = 180.0
"""Seconds after which an idle line is closed: networks forget connections after four minutes."""
MOST_IDLE = 8
THREADS = 32
"""For calls of the SDK that block: making and stopping, each for milliseconds unless the network is bad."""


class SynthesizerPool:
    """On the event loop only; what blocks goes to threads."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._idle: list[Synthesizer] = []
        self._busy: set[Synthesizer] = set()
        self._expiry: dict[Synthesizer, asyncio.TimerHandle] = {}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="azure")
        self._closed = False

    async def take(self) -> Synthesizer:
        """An idle line, or a new one. Raises RuntimeError where the SDK can make none."""
        while self._idle:
            synthesizer = self._idle.pop()
            self._expiry.pop(synthesizer).cancel()
            if not synthesizer.broken:
                break
            self.drop(synthesizer)
        else:
            synthesizer = await self._made()
        self._busy.add(synthesizer)
        return synthesizer

    def give(self, synthesizer: Synthesizer) -> None:
        """Takes back a line whose utterance is complete."""
        self._busy.discard(synthesizer)
        if self._closed or synthesizer.broken or len(self._idle) >= MOST_IDLE:
            return self.drop(synthesizer)
        self._idle.append(synthesizer)
        self._expiry[synthesizer] = asyncio.get_running_loop().call_later(IDLE_S, self._expire, synthesizer)

    def drop(self, synthesizer: Synthesizer) -> None:
        """Stops a line and frees it."""
        self._busy.discard(synthesizer)
        if not self._closed:
            self._threads.submit(synthesizer.dispose)

    async def warm(self) -> None:
        """Sees to it that one line is idle and its connection open. Raises RuntimeError."""
        if self._idle or self._closed:
            return
        synthesizer = await self._made()
        self._busy.add(synthesizer)
        if await asyncio.get_running_loop().run_in_executor(self._threads, synthesizer.open):
            self.give(synthesizer)
        else:
            self.drop(synthesizer)

    async def close(self) -> None:
        """Frees all lines, and waits for it."""
        for timer in self._expiry.values():
            timer.cancel()
        self._expiry.clear()
        for synthesizer in [*self._idle, *self._busy]:
            self.drop(synthesizer)
        self._idle.clear()
        self._closed = True
        await asyncio.to_thread(self._threads.shutdown)

    def _expire(self, synthesizer: Synthesizer) -> None:
        del self._expiry[synthesizer]
        self._idle.remove(synthesizer)
        self.drop(synthesizer)

    async def _made(self) -> Synthesizer:
        if self._closed:
            raise RuntimeError("the voice is closed")
        making = self._threads.submit(Synthesizer, self._endpoint)
        try:
            return await asyncio.wrap_future(making)
        except asyncio.CancelledError:
            making.add_done_callback(self._unwanted)
            raise

    def _unwanted(self, making: Future[Synthesizer]) -> None:
        if not making.cancelled() and not making.exception():
            making.result().dispose()
