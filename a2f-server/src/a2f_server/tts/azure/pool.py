"""Keeps idle synthesizers with open connections: opening a connection takes longer than synthesis does."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor

from a2f_server.tts.azure.endpoint import Endpoint
from a2f_server.tts.azure.synthesizer import Synthesizer

IDLE_S = 180.0
"""Seconds after which an idle synthesizer is closed: networks drop idle connections after about four minutes."""
MOST_IDLE = 8
THREADS = 32
"""For blocking calls of the SDK: creating and stopping, which take milliseconds unless the network is bad."""


class SynthesizerPool:
    """Creates, reuses and disposes of synthesizers. For the event loop only; blocking calls run on threads."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._idle: list[Synthesizer] = []
        self._busy: set[Synthesizer] = set()
        self._expiry: dict[Synthesizer, asyncio.TimerHandle] = {}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="azure")
        self._closed = False

    async def take(self) -> Synthesizer:
        """Returns an idle synthesizer, or a new one. Raises RuntimeError if the SDK cannot create one."""
        while self._idle:
            synthesizer = self._idle.pop()
            self._expiry.pop(synthesizer).cancel()
            if not synthesizer.broken:
                break
            self.drop(synthesizer)
        else:
            synthesizer = await self._create()
        self._busy.add(synthesizer)
        return synthesizer

    def give(self, synthesizer: Synthesizer) -> None:
        """Takes back a synthesizer whose utterance is complete."""
        self._busy.discard(synthesizer)
        if self._closed or synthesizer.broken or len(self._idle) >= MOST_IDLE:
            return self.drop(synthesizer)
        self._idle.append(synthesizer)
        self._expiry[synthesizer] = asyncio.get_running_loop().call_later(IDLE_S, self._expire, synthesizer)

    def drop(self, synthesizer: Synthesizer) -> None:
        """Stops a synthesizer and frees it."""
        self._busy.discard(synthesizer)
        if not self._closed:
            self._threads.submit(synthesizer.dispose)

    async def warm(self) -> None:
        """Ensures that one synthesizer is idle with an open connection. Raises RuntimeError."""
        if self._idle or self._closed:
            return
        synthesizer = await self._create()
        self._busy.add(synthesizer)
        if await asyncio.get_running_loop().run_in_executor(self._threads, synthesizer.open):
            self.give(synthesizer)
        else:
            self.drop(synthesizer)

    async def close(self) -> None:
        """Frees all synthesizers and waits until that is done."""
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

    async def _create(self) -> Synthesizer:
        if self._closed:
            raise RuntimeError("the voice is closed")
        creating = self._threads.submit(Synthesizer, self._endpoint)
        try:
            return await asyncio.wrap_future(creating)
        except asyncio.CancelledError:
            creating.add_done_callback(self._dispose)
            raise

    def _dispose(self, creating: Future[Synthesizer]) -> None:
        if not creating.cancelled() and not creating.exception():
            creating.result().dispose()
