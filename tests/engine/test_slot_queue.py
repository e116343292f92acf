"""The queue for slots: in order, with a bound, left by those that are gone."""

from __future__ import annotations

import asyncio

import pytest

from a2f_server.engine.slot_queue import QUEUE_FULL, SlotQueue
from a2f_server.engine.slots import Slot, SlotPool
from a2f_server.errors import Busy
from a2f_server.metrics import Metrics

pytestmark = pytest.mark.anyio


class Line:
    """A queue of at most `most` for one slot."""

    def __init__(self, most: int = 3) -> None:
        self.metrics, self.now = Metrics(), 0.0
        self.pool = SlotPool(1, self.metrics)
        self.queue = SlotQueue(self.pool, most, self.metrics, lambda: self.now)

    def ask(self) -> asyncio.Task[Slot]:
        return asyncio.create_task(self.queue.reserve())

    def value(self, name: str, **labels: str) -> float | None:
        return self.metrics.registry.get_sample_value(name, labels)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_free_slot_is_given_at_once_even_if_nobody_may_wait() -> None:
    line = Line(most=0)
    slot = await line.queue.reserve()
    with pytest.raises(Busy, match=QUEUE_FULL):
        await line.queue.reserve()
    slot.close()
    assert (await line.queue.reserve()).taken


async def test_slots_are_given_in_order() -> None:
    line = Line()
    slot = await line.queue.reserve()
    waiting = [line.ask() for _ in range(3)]
    await settle()
    assert (line.queue.length, line.value("a2f_queue_length")) == (3, 3)
    for i, task in enumerate(waiting):
        assert [one.done() for one in waiting] == [k < i for k in range(3)]
        line.now += 2
        slot.close()
        slot = await task
    assert line.queue.length == 0
    assert line.value("a2f_queue_requests_total", outcome="served") == 4
    assert line.value("a2f_queue_wait_seconds_sum") == 2 + 4 + 6


async def test_beyond_the_bound_it_is_refused_at_once() -> None:
    line = Line(most=1)
    await line.queue.reserve()
    line.ask()
    await settle()
    with pytest.raises(Busy) as refused:
        line.queue.require_room()
    assert (refused.value.message, refused.value.reason) == (QUEUE_FULL, "queue")
    assert line.value("a2f_queue_requests_total", outcome="refused") == 1


async def test_who_leaves_makes_room_and_loses_no_slot() -> None:
    line = Line()
    slot = await line.queue.reserve()
    first, second, third = (line.ask() for _ in range(3))
    await settle()
    first.cancel()
    second.cancel()
    await settle()
    assert line.queue.length == 1
    assert line.value("a2f_queue_requests_total", outcome="left") == 2
    slot.close()
    assert (await third).taken
    assert line.pool.taken == 1


async def test_a_slot_that_somebody_else_took_is_waited_for_again() -> None:
    line = Line()
    slot = await line.queue.reserve()
    waiting = line.ask()
    await settle()
    slot.close()
    other = line.pool.reserve()
    await settle()
    assert not waiting.done()
    other.close()
    assert (await waiting).taken


async def test_at_shutdown_all_are_refused() -> None:
    line = Line()
    slot = await line.queue.reserve()
    waiting = [line.ask() for _ in range(2)]
    await settle()
    draining = asyncio.create_task(line.pool.drain(10))
    for task in waiting:
        with pytest.raises(Busy) as refused:
            await task
        assert refused.value.reason == "draining"
    with pytest.raises(Busy):
        line.queue.require_room()
    slot.close()
    await draining
