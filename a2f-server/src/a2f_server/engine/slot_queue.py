"""A queue for slots, for requests with files that wait instead of being refused as busy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from a2f_server.engine.slots import Slot, SlotHolder, SlotPool
from a2f_server.errors import Busy
from a2f_server.metrics import Metrics
from a2f_server.worker_group.counts import Counts

QUEUE_FULL = "Server is busy, queue is full. Please try again later."
"""The message that EmoTalk's clients know."""


class SlotQueue:
    """Gives slots to waiting requests, first come, first served. At most `most` may wait."""

    def __init__(
        self,
        pool: SlotPool,
        most: int,
        metrics: Metrics,
        clock: Callable[[], float],
        counts: Counts | None = None,
    ) -> None:
        self._pool, self._most, self._metrics, self._clock = pool, most, metrics, clock
        self._turn = asyncio.Lock()  # fair: first come, first served
        self._waiting = (counts or Counts()).of("queue")

    @property
    def length(self) -> int:
        """Requests that wait."""
        return self._waiting.total

    def require_room(self) -> None:
        """Raises Busy if the next request would have to wait and may not, or if the server is shutting down."""
        if self._pool.draining:
            raise Busy.shutting_down()
        if self.length >= self._most and (self.length or self._pool.full_for_files):
            self._metrics.queued.labels("refused").inc()
            raise Busy(QUEUE_FULL, reason="queue")

    async def reserve(self, holder: SlotHolder | None = None) -> Slot:
        """Waits for this request's turn; returns a slot, which is taken. Raises Busy as `require_room` does, or if the
        holder has taken all of its own.

        A request that is cancelled leaves the queue.
        """
        self.require_room()
        begun, outcome = self._clock(), "left"
        self._count(1)
        try:
            async with self._turn:
                while self._pool.full_for_files and not self._pool.draining:
                    await self._pool.freed()
                slot = self._pool.reserve(holder, patient=True)
            outcome = "served"
        finally:
            self._count(-1)
            self._metrics.queued.labels(outcome).inc()
        self._metrics.queue_wait.observe(self._clock() - begun)
        return slot

    def _count(self, change: int) -> None:
        self._waiting.add(change)
        self._metrics.queue_length.set(self._waiting.own)
