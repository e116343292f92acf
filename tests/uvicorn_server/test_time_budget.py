"""The budget of event-loop time."""

from __future__ import annotations

import pytest

from a2f_server.uvicorn_server.time_budget import TimeBudget


def test_a_burst_is_free() -> None:
    budget = TimeBudget(0.05, 0.05, now=0.0)
    budget.spend(0.04, now=0.04)
    assert budget.wait(0.04) == 0


def test_beyond_the_burst_the_wait_restores_the_share() -> None:
    budget = TimeBudget(0.05, 0.05, now=0.0)
    budget.spend(0.06, now=0.0)
    assert budget.wait(0.0) == pytest.approx(0.01 / 0.05)
    assert budget.wait(0.21) == 0


def test_idle_time_saves_no_more_than_the_burst() -> None:
    budget = TimeBudget(0.05, 0.05, now=0.0)
    budget.spend(0.051, now=1000.0)
    assert budget.wait(1000.0) > 0


def test_in_the_long_run_a_socket_gets_its_share() -> None:
    budget, now, worked = TimeBudget(0.05, 0.05, now=0.0), 0.0, 0.0
    while now < 60:
        budget.spend(0.002, now)
        worked += 0.002
        now += budget.wait(now) + 0.002
    assert worked / now == pytest.approx(0.05, rel=0.05)
