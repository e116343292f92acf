"""Readings of the engine's rounds and of the event loop's thread, with a clock that the test moves."""

from __future__ import annotations

import asyncio

import pytest

from a2f_server.engine.load import STRAINED_S, TICK_S, LoadMeter, thread_seconds
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


def meter_after(*ticks: float) -> LoadMeter:
    """Returns a meter that has seen a round as late as that in each tick."""
    meter = LoadMeter()
    for late in ticks:
        meter.note_round(late, 1, 0.0)
        meter.tick(1, TICK_S, 0.0, 0.0)
    return meter


def test_one_late_round_is_an_accident() -> None:
    assert meter_after(0.5).read().lateness == 0
    assert meter_after(0.001, 0.5, 0.002).read().lateness == 0.002
    assert meter_after(0.03, 0.001, 0.04).read().lateness == 0.03


def test_an_event_loop_that_stood_still_delayed_all() -> None:
    meter = LoadMeter()
    for _ in range(2):
        meter.tick(1, TICK_S + 0.05, 0.0, 0.0)
    assert meter.read().lateness == 0, "there was nothing live"
    for _ in range(2):
        meter.note_round(0.001, 1, 0.001)
        meter.tick(1, TICK_S + 0.05, 0.0, 0.0)
    assert meter.read().lateness == pytest.approx(0.05)


def test_strain_shows_at_once_and_passes() -> None:
    meter = meter_after(0.001)
    assert not meter.strained
    meter.note_round(2 * STRAINED_S, 1, 0.0)
    assert meter.strained
    meter.tick(1, TICK_S, 0.0, 0.0)
    assert meter.strained
    meter.tick(1, TICK_S, 0.0, 0.0)
    assert not meter.strained


def test_load_is_what_the_event_loop_wanted_of_its_time() -> None:
    meter = LoadMeter()
    meter.tick(4, 0.1, 0.02, 0.01)
    meter.tick(6, 0.1, 0.04, 0.01)
    seen = meter.read()
    assert (seen.streams, seen.load) == (5, pytest.approx(0.4))


def test_handshakes_are_no_load_of_streams() -> None:
    meter = LoadMeter()
    meter.note_other(0.03)
    meter.tick(1, 0.1, 0.04, 0.04)
    assert meter.read().load == pytest.approx(0.2)
    meter = LoadMeter()
    meter.note_other(1.0)
    meter.tick(1, 0.1, 0.04, 0.0)
    assert meter.read().load == 0


def test_load_is_that_of_the_backend_if_it_is_higher() -> None:
    meter = LoadMeter()
    for _ in range(5):
        meter.note_round(0.001, 4, 0.01)
    meter.tick(1, 0.1, 0.01, 0.0)
    assert meter.read().load == pytest.approx(0.5)


def test_small_calls_cost_what_large_ones_would() -> None:
    """A call of a GPU may take 8 ms for one row and for a hundred: few streams do not fill it."""
    meter = LoadMeter()
    meter.note_round(0.001, 10, 0.01)
    for _ in range(10):
        meter.note_round(0.001, 1, 0.008)
    meter.tick(1, 0.1, 0.01, 0.0)
    assert meter.read().load == pytest.approx(0.2)


def test_files_hide_the_load_but_not_the_lateness() -> None:
    meter = LoadMeter()
    for _ in range(2):
        meter.note_round(0.01, 1, 0.001)
        meter.note_file()
        meter.tick(1, 0.1, 0.1, 0.0)
    assert meter.read() == (0.01, 0.0, None)
    meter.tick(1, 0.1, 0.05, 0.0)
    assert meter.read().load == pytest.approx(0.5)


def test_a_thread_has_run_and_waited() -> None:
    before, _ = thread_seconds()
    until(lambda: thread_seconds()[0] > before)
    assert thread_seconds()[1] >= 0


async def test_it_rests_until_a_stream_is_opened_and_forgets() -> None:
    meter, streams = meter_after(1, 1, 1), [0]
    ticks: list[float] = []
    rested, ticked = asyncio.Event(), asyncio.Event()

    def on_tick() -> None:
        ticks.append(meter.read().lateness)
        (ticked if streams[0] else rested).set()

    watching = asyncio.create_task(meter.watch(lambda: streams[0], on_tick))
    await rested.wait()
    assert ticks == [0]
    streams[0] = 1
    meter.wake()
    await ticked.wait()
    watching.cancel()
    assert len(ticks) == 2
