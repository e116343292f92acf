"""Drops clients that do not read their answers."""

from __future__ import annotations

import asyncio

import structlog

log = structlog.get_logger(__name__)


class ReaderWatch:
    """Watches one connection while its answer waits to be read."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, least_rate: float) -> None:
        """A client that reads less than `least_rate` bytes per second over so many seconds is dropped."""
        self._loop, self._seconds, self._least = loop, seconds, seconds * least_rate
        self._timer: asyncio.TimerHandle | None = None

    def start(self, transport: asyncio.Transport) -> None:
        """Begins to watch."""
        waiting = transport.get_write_buffer_size()
        self._timer = self._loop.call_later(self._seconds, self._check, transport, waiting)

    def stop(self) -> None:
        """Ends it: everything was read, or the connection is lost."""
        if self._timer:
            self._timer.cancel()

    def _check(self, transport: asyncio.Transport, waiting: int) -> None:
        """One that reads a large answer slowly may go on."""
        if waiting - transport.get_write_buffer_size() >= self._least:
            return self.start(transport)
        log.info("dropped a client that does not read", seconds=self._seconds)
        transport.abort()
