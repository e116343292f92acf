"""The budget of event-loop time."""

from __future__ import annotations

import pytest

from a2f_server.uvicorn_server.time_budget import FloodShare, TimeBudget


def budget(flood: FloodShare | None = None) -> TimeBudget:
    return TimeBudget(0.05, flood or FloodShare(0.05, 0.2, 0.004), now=0.0)


def test_a_burst_is_free() -> None:
    one = budget()
    one.spend(0.04, now=1.0)
    assert one.wait(1.0) == 0


def test_beyond_the_burst_the_wait_restores_the_share() -> None:
    one = budget()
    one.spend(0.06, now=1.0)
    assert one.wait(1.0) == pytest.approx(0.01 / 0.05)
    assert one.wait(1.21) == 0


def test_idle_time_saves_no_more_than_the_burst() -> None:
    one = budget()
    one.spend(0.051, now=1000.0)
    assert one.wait(1000.0) > 0


def test_in_the_long_run_a_socket_gets_its_share() -> None:
    one, now, worked = budget(), 0.0, 0.0
    while now < 60:
        one.spend(0.002, now)
        worked += 0.002
        now += one.wait(now) + 0.002
    assert worked / now == pytest.approx(0.05, rel=0.05)


def test_many_that_flood_share_a_fifth() -> None:
    flood = FloodShare(0.05, 0.2, 0.004)
    budgets = [budget(flood) for _ in range(40)]
    free = dict.fromkeys(budgets, 0.0)
    now = worked = 0.0
    while now < 120:
        for one in budgets:
            if free[one] <= now:
                one.spend(0.002, now)
                worked += 0.002
                free[one] = now + one.wait(now)
        now += 0.01
    assert worked / now == pytest.approx(0.2, rel=0.15)


def test_who_stops_leaves_its_share() -> None:
    flood = FloodShare(0.05, 0.2, 0.004)
    many = [budget(flood) for _ in range(20)]
    for one in many:
        one.spend(0.06, now=1.0)
    assert flood.of(many[0]) == pytest.approx(0.01)
    assert flood.of(budget(flood)) == 0.05, "one that does not flood"
    for one in many[1:]:
        one.close()
    assert flood.of(many[0]) == 0.05
    assert many[0].wait(1.0) == pytest.approx(0.2)
    many[0].wait(10.0)
    assert not flood.in_debt


def test_heavy_sockets_share_a_fifth_at_any_moment() -> None:
    flood = FloodShare(0.05, 0.2, 0.004)
    assert flood.left(100.0) == 0.004
    flood.use(0.003)
    flood.use(0.002)
    assert flood.left(100.0) < 0
    assert flood.left(100.01) == pytest.approx(0.001)
    assert flood.left(200.0) == 0.004, "idle time is not saved"


def test_work_after_the_end_leaves_no_debt() -> None:
    flood = FloodShare(0.05, 0.2, 0.004)
    one = budget(flood)
    one.close()
    one.spend(1.0, now=0.0)
    assert not flood.in_debt


def test_a_new_socket_is_heavy_at_first() -> None:
    one = budget()
    assert one.is_heavy(0.0)
    one.spend(0.001, now=0.0)
    assert one.wait(0.0) == 0, "it may work nevertheless"
    assert not one.is_heavy(0.3)


def test_what_a_live_stream_uses_is_light() -> None:
    one = budget()
    for second in range(1, 20):
        one.spend(0.003, now=second)
        assert not one.is_heavy(second)
    one.spend(0.011, now=20)
    assert one.is_heavy(20)
    assert not one.is_heavy(21)
