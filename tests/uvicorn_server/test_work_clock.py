"""Work is timed by the wall clock while it is short, and by the thread's CPU time once it looks long."""

from __future__ import annotations

import pytest

from a2f_server.uvicorn_server import work_clock
from a2f_server.uvicorn_server.work_clock import FRESH_S, LONG_S, WorkClock


class Times:
    """The clocks of a thread; counts the system calls."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wall, self.cpu, self.calls = 10.0, 1.0, 0
        monkeypatch.setattr(work_clock, "perf_counter", lambda: self.wall)
        monkeypatch.setattr(work_clock, "thread_time", self._thread_time)

    def _thread_time(self) -> float:
        self.calls += 1
        return self.cpu

    def work(self, seconds: float) -> None:
        self.wall, self.cpu = self.wall + seconds, self.cpu + seconds

    def wait(self, seconds: float) -> None:
        self.wall += seconds


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> Times:
    return Times(monkeypatch)


def timed(clock: WorkClock, times: Times, work: float = 0.0, wait: float = 0.0) -> float:
    begun = clock.start()
    times.work(work)
    times.wait(wait)
    return clock.used(begun, times.wall)


def test_many_short_pieces_need_few_system_calls(times: Times) -> None:
    clock = WorkClock()
    pieces = [timed(clock, times, work=LONG_S / 4) for _ in range(100)]
    assert pieces == pytest.approx([LONG_S / 4] * 100)
    assert times.calls <= 1 + 100 * LONG_S / 4 / FRESH_S


def test_long_work_counts_in_full(times: Times) -> None:
    assert timed(WorkClock(), times, work=1.0) == pytest.approx(1.0)


def test_waiting_for_another_thread_does_not_count(times: Times) -> None:
    clock = WorkClock()
    timed(clock, times, work=FRESH_S / 2)
    assert timed(clock, times, work=0.001, wait=1.0) <= 0.001 + FRESH_S
    assert timed(clock, times, work=0.001, wait=1.0) == pytest.approx(0.001)
