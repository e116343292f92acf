"""Reads the messages of a call as they come, independently of what is written to the client."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from time import monotonic, perf_counter, thread_time
from typing import Any

import grpc

from a2f_server.errors import A2FError
from a2f_server.uvicorn_server.time_budget import FLOOD, TimeBudget

OnMessage = Callable[[bytes], Awaitable[bool]]
"""Takes a message as it came; returns True if it is the last one that the client sends."""

BURST_S = 0.25
"""Seconds of event-loop time that a call may use in a burst."""
READING_S = 0.0002
"""Seconds that reading a message takes besides its handling."""


class Inbox:
    """The messages from the client. After an error, the rest are read and dropped.

    Otherwise a client that is still writing would report an error of its own instead of the server's.
    """

    def __init__(
        self,
        read: Callable[[], Awaitable[Any]],
        read_limit: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
    ) -> None:
        """`read` returns the next message, or EOF. `read_limit`, as a semaphore, is entered while a message is read."""
        self._read = read
        self.read_limit = read_limit
        self.received_at = monotonic()
        """Time of the last message, or of the end of its handling (`time.monotonic`)."""
        self.waiting = False
        """True while the server waits for the client's next message."""
        self.ended = asyncio.Event()
        """Set once the client has sent everything."""
        self.error: A2FError | None = None
        self._on_change: Callable[[], None] = lambda: None
        self._on_message: OnMessage | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, on_message: OnMessage | None, on_change: Callable[[], None] = lambda: None) -> None:
        """Begins to read. `on_change` is called at the end, and when `on_message` raises an A2FError."""
        self._on_message, self._on_change = on_message, on_change
        self._task = asyncio.create_task(self._run())

    async def first(self) -> bytes:
        """Returns the only message of a unary call; empty if there was none."""
        messages: list[bytes] = []

        async def take(message: bytes) -> bool:
            messages.append(message)
            return True

        self.start(take)
        await self.ended.wait()
        return messages.pop() if messages else b""  # the list lives as long as the call

    async def drain(self, seconds: float) -> None:
        """Reads and drops what still comes, until the end or for some seconds."""
        self._on_message = None
        if self._task is None:
            self.start(None)
        try:
            async with asyncio.timeout(seconds):
                await self.ended.wait()
        except TimeoutError:
            pass

    async def close(self) -> None:
        """Stops reading and forgets the callbacks."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._task = None  # a cancelled one keeps its frames, and with them the message it worked on
        self._on_message, self._on_change = None, lambda: None

    async def _run(self) -> None:
        budget = TimeBudget(BURST_S, FLOOD, perf_counter())
        try:
            while not self.ended.is_set() and (message := await self._next()) is not None:
                begun = thread_time()
                await self._handle(message)
                budget.spend(thread_time() - begun + READING_S, perf_counter())
                del message
                if wait := budget.wait(perf_counter()):
                    await asyncio.sleep(wait)
        finally:
            budget.close()
            self.ended.set()
            self._on_change()

    async def _next(self) -> bytes | None:
        async with self.read_limit():
            self.waiting = True
            message = await self._read()
            self.waiting, self.received_at = False, monotonic()
        return None if message is grpc.aio.EOF else message

    async def _handle(self, message: bytes) -> None:
        """Passes the message to the endpoint. Also after an error, the end of the audio ends the reading."""
        if self._on_message is None:
            if message == END_OF_AUDIO:
                self.ended.set()
            return
        try:
            if await self._on_message(message):
                self.ended.set()
        except A2FError as error:
            self.error, self._on_message = error.with_traceback(None), None  # its frames hold the message
            self._on_change()
        self.received_at = monotonic()


END_OF_AUDIO = b"\x1a\x00"
"""AudioStream with `end_of_audio`, as every protobuf library writes it."""
