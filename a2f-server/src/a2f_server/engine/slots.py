"""Admission control: how many utterances may be open, and waiting for them to finish at shutdown."""

from __future__ import annotations

import asyncio

import structlog

from a2f_server.errors import Busy
from a2f_server.metrics import Metrics

log = structlog.get_logger(__name__)


class Slot:
    """The right to one open utterance. `close` gives it back and may be called twice."""

    def __init__(self, pool: SlotPool) -> None:
        self._pool = pool

    def close(self) -> None:
        """Frees the slot."""
        self._pool.free(self)


class SlotPool:
    """As many slots as the server has capacity for."""

    def __init__(self, capacity: int, metrics: Metrics) -> None:
        self.capacity = capacity
        self.drain_started = asyncio.Event()
        self._metrics = metrics
        self._taken: set[Slot] = set()
        self._freed = asyncio.Event()
        metrics.capacity.set(capacity)

    @property
    def draining(self) -> bool:
        """True once the server shuts down: new utterances are refused."""
        return self.drain_started.is_set()

    @property
    def taken(self) -> int:
        """Open utterances, including those whose audio has yet to be decoded."""
        return len(self._taken)

    @property
    def full(self) -> bool:
        """True if a new utterance would be refused."""
        return self.draining or self.taken >= self.capacity

    def reserve(self) -> Slot:
        """Takes a slot. Raises Busy immediately if none is free."""
        self.require_free()
        slot = Slot(self)
        self._taken.add(slot)
        self._metrics.utterances.set(self.taken)
        return slot

    def require_free(self) -> None:
        """Raises Busy if `reserve` would: for a client whose audio is yet to come."""
        if self.draining:
            raise Busy.shutting_down()
        if self.full:
            raise Busy(f"all {self.capacity} streams of this server are in use; try again in a moment", reason="full")

    def free(self, slot: Slot) -> None:
        """Gives a slot back; a second time changes nothing."""
        self._taken.discard(slot)
        self._metrics.utterances.set(self.taken)
        self._freed.set()

    async def drain(self, limit: float) -> None:
        """Refuses new utterances and waits up to `limit` seconds for the open ones to finish."""
        self.drain_started.set()
        try:
            async with asyncio.timeout(limit):
                while self._taken:
                    self._freed.clear()
                    await self._freed.wait()
        except TimeoutError:
            log.warning("utterances did not finish in time", open=self.taken)
