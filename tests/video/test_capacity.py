"""Admission of videos by their cost, and turns in order."""

from __future__ import annotations

import asyncio

import pytest

from a2f_server.errors import Busy
from a2f_server.metrics import Metrics
from a2f_server.video.capacity import USABLE, CostMeter, VideoCapacity
from a2f_server.video.turns import Turns
from tests.support.faces import FlatFace


def test_videos_fit_as_long_as_their_costs_do() -> None:
    capacity = VideoCapacity(2, None, Metrics())
    slots = [capacity.take(0.5) for _ in range(int(2 * USABLE / 0.5))]
    with pytest.raises(Busy) as refused:
        capacity.take(0.5)
    assert refused.value.reason == "full"
    slots[0].close()
    slots[0].close()
    capacity.take(0.5)
    assert capacity.taken == 3


def test_one_video_is_always_possible() -> None:
    capacity = VideoCapacity(1, None, Metrics())
    slot = capacity.take(5)
    with pytest.raises(Busy):
        capacity.take(0.01)
    slot.close()
    assert capacity.taken == 0


def test_a_setting_replaces_the_measurement() -> None:
    capacity = VideoCapacity(1, 2, Metrics())
    capacity.take(5)
    capacity.take(5)
    with pytest.raises(Busy, match="2 videos"):
        capacity.require_free(0)


def test_the_cost_grows_with_the_frame_rate_and_the_pixels() -> None:
    meter = CostMeter()
    meter._encoding = 1e-7
    small, large = FlatFace(), FlatFace(512, 512)
    assert meter.cost(small, 50) > meter.cost(small, 25)
    assert meter.cost(large, 25) >= 25 * 512 * 512 * 1e-7
    assert CostMeter().cost(small, 25) / meter.cost(small, 25) > 1 or meter.cost(small, 25) < 1


@pytest.mark.anyio
async def test_turns_come_in_the_order_in_which_they_were_taken() -> None:
    turns, done = Turns(), []
    first, second, third = (turns.take() for _ in range(3))

    async def wait(name: str, turn: object) -> None:
        await turn.wait()  # type: ignore[attr-defined]
        done.append(name)

    waiting = [asyncio.ensure_future(wait(*each)) for each in (("third", third), ("second", second))]
    await first.wait()
    second.close()
    await asyncio.sleep(0)
    assert not done
    first.close()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert done == ["third"]
    third.close()
    third.close()
    assert len(turns) == 0
    waiting[1].cancel()
