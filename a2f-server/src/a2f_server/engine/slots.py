"""Admission control: how many utterances the server works on, and waiting for them to finish at shutdown."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog

from a2f_server.engine.holdable import Holdable
from a2f_server.errors import Busy, Scope
from a2f_server.metrics import Metrics
from a2f_server.worker_group.counts import Count, Counts

log = structlog.get_logger(__name__)

ELSEWHERE_S = 0.05
"""Seconds after which those that wait for a slot look whether another worker has given one back."""


class SlotHolder:
    """Limits the slots of one caller, on however many sockets it asks for them."""

    def __init__(
        self,
        most: int | None,
        scope: Scope = "subject",
        within: SlotHolder | None = None,
        count: Count | None = None,
    ) -> None:
        """`most`: None for no limit. `within`: a holder for which these slots count as well, such as the key."""
        self.most, self.scope = most, scope
        self._count = count or Count()
        self.opened = 0
        """Slots that were opened and not given back, taken or not; without those of holders within this one."""
        self._within = within

    @property
    def chain(self) -> tuple[SlotHolder, ...]:
        """This holder, and those for which its slots count as well."""
        return (self, *(self._within.chain if self._within else ()))

    @property
    def taken(self) -> int:
        """Slots of the caller that are taken."""
        return self._count.total

    @property
    def who(self) -> str:
        """The caller, in messages."""
        return "user" if self.scope == "subject" else self.scope

    def require_free(self) -> None:
        """Raises Busy if the caller has taken all of its slots."""
        if self._within:
            self._within.require_free()
        if self.most is not None and self.taken >= self.most:
            raise self._used_up()

    def take(self) -> None:
        """Counts a slot that was taken. Raises Busy if another worker took the last one at the same time."""
        if not self._count.take(self.most):
            raise self._used_up()
        try:
            if self._within:
                self._within.take()
        except Busy:
            self._count.add(-1)
            raise

    def give(self) -> None:
        """Counts a slot that was given back."""
        self._count.add(-1)
        if self._within:
            self._within.give()

    def _used_up(self) -> Busy:
        message = f"this {self.who} has {self.most} utterances open already, on all its sockets; wait for an end"
        return Busy(message, reason="queue", scope=self.scope)


class Slot(Holdable):
    """The right to one utterance. It counts once it is taken; `close` gives it back and may be called twice."""

    def __init__(self, pool: SlotPool, holder: SlotHolder | None, *, patient: bool = False) -> None:
        self._pool, self.holder, self.patient = pool, holder, patient

    @property
    def taken(self) -> bool:
        """True from `take` until it is free again."""
        return self._pool.has_taken(self)

    def take(self) -> None:
        """Takes the slot, now that there is audio. Raises Busy immediately if none is free; again changes nothing."""
        self._pool.take(self)

    def _free(self) -> None:
        self._pool.free(self)


class SlotPool:
    """As many slots as the server has capacity for: `most` in all, and for live streams as many as are in time now.

    A file is `patient`: it uses what live streams leave, so it may be opened while no more of those would be in time.
    An utterance that was opened and has no audio yet costs nothing, so it takes no slot. It may still take one, and
    finish, after the server has begun to shut down.
    """

    def __init__(
        self, most: int, metrics: Metrics, counts: Counts | None = None, *, of_all_workers: bool = False
    ) -> None:
        """`of_all_workers`: `most` is the limit of all workers together, not of this process alone."""
        self.most = self._ceiling = most
        self._of_all = of_all_workers
        self._counts = counts or Counts()
        self._count, self._published = self._counts.of("slots"), self._counts.of("most")
        self._published.add(0 if of_all_workers else most)
        self._capacity = self._counts.of("capacity")
        self.drain_started = asyncio.Event()
        self._metrics = metrics
        self._open: set[Slot] = set()
        self._taken: set[Slot] = set()
        self._freed = asyncio.Event()
        self.limit(most)

    @property
    def draining(self) -> bool:
        """True once the server shuts down: new utterances are refused."""
        return self.drain_started.is_set()

    @property
    def taken(self) -> int:
        """Utterances that this process works on, including those whose audio has yet to be decoded."""
        return len(self._taken)

    @property
    def total_taken(self) -> int:
        """Utterances that all workers work on."""
        return self._count.total

    @property
    def total_most(self) -> int:
        """The most utterances that all workers together may have open."""
        return self.most if self._of_all else self._published.total

    @property
    def total_capacity(self) -> int:
        """Utterances that all workers together may have open for now."""
        return min(self.total_most, self._capacity.total)

    @property
    def capacity(self) -> int:
        """Utterances that this process may have open for now, including those that it has."""
        return min(self.most, self._ceiling)

    @property
    def full(self) -> bool:
        """True if a new utterance would be refused."""
        return self.full_for_files or self.taken >= self.capacity

    @property
    def full_everywhere(self) -> bool:
        """True if every worker would refuse a new utterance."""
        return self.draining or self.total_taken >= self.total_capacity

    @property
    def full_for_files(self) -> bool:
        """True if a new file would be refused."""
        return self.draining or self._counted >= self.most

    def open(self, holder: SlotHolder | None = None, *, patient: bool = False) -> Slot:
        """Returns a slot for an utterance whose audio is yet to come. Raises Busy immediately if none is free, or if
        the holder has taken all of its own."""
        self.require_free(patient=patient)
        if holder:
            holder.require_free()
            holder.opened += 1
        slot = Slot(self, holder, patient=patient)
        self._open.add(slot)
        return slot

    def reserve(self, holder: SlotHolder | None = None, *, patient: bool = False) -> Slot:
        """Returns a slot that is taken. Raises Busy as `open` does."""
        slot = self.open(holder, patient=patient)
        try:
            slot.take()
        except Busy:
            slot.close()
            raise
        return slot

    def require_free(self, *, patient: bool = False) -> None:
        """Raises Busy if `reserve` would: for a client whose audio is yet to come."""
        if self.draining:
            raise Busy.shutting_down()
        self._require_capacity(patient=patient)

    def take(self, slot: Slot) -> None:
        """Takes a slot that was opened before. Raises Busy immediately if none is free."""
        if slot not in self._taken:
            self._require_capacity(patient=slot.patient)
            if slot.holder:
                slot.holder.require_free()
            self._take_one(slot.holder)
            self._taken.add(slot)
            self._metrics.utterances.set(self.taken)

    def has_taken(self, slot: Slot) -> bool:
        """Returns True if this slot is taken."""
        return slot in self._taken

    def free(self, slot: Slot) -> None:
        """Gives a slot back; a second time changes nothing."""
        if slot in self._taken and slot.holder:
            slot.holder.give()
        if slot in self._open and slot.holder:
            slot.holder.opened -= 1
        self._open.discard(slot)
        if slot in self._taken:
            self._taken.discard(slot)
            self._count.add(-1)
        self._metrics.utterances.set(self.taken)
        self._freed.set()

    def limit(self, ceiling: int) -> None:
        """Changes how many live utterances may be open for now. Those that are stay open."""
        if ceiling > self._ceiling:
            self._freed.set()
        self._ceiling = ceiling
        self._capacity.add(self.capacity - self._capacity.own)

    async def freed(self) -> None:
        """Waits until a slot may have been given back, or the server begins to shut down."""
        self._freed.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._freed.wait(), ELSEWHERE_S if self._of_all else None)

    async def drain(self, limit: float) -> None:
        """Refuses new utterances and waits up to `limit` seconds for the open ones to finish."""
        self.drain_started.set()
        self._freed.set()  # for those that wait for a slot
        try:
            async with asyncio.timeout(limit):
                while self._open:
                    await self.freed()
        except TimeoutError:
            log.warning("utterances did not finish in time", open=len(self._open))

    @property
    def _counted(self) -> int:
        """The utterances to which `most` applies."""
        return self._count.total if self._of_all else self._count.own

    def _require_capacity(self, *, patient: bool) -> None:
        if self._counted >= self.most:
            raise self._used_up()
        if self.taken >= self.capacity and not patient:
            raise Busy(f"{self.total_taken} streams keep this server busy; try again in a moment", reason="full")

    def _take_one(self, holder: SlotHolder | None) -> None:
        """Counts a slot for the server and for its holder. Raises Busy if another worker took the last one."""
        if not self._count.take(self.most if self._of_all else None):
            raise self._used_up()
        try:
            if holder:
                holder.take()
        except Busy:
            self._count.add(-1)
            raise

    def _used_up(self) -> Busy:
        return Busy(f"all {self.total_most} streams of this server are in use; try again in a moment", reason="full")
