"""Capacity from the duration of a call."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from a2f_server.onnx_runtime import capacity


def test_a_device_is_busy_for_a_share_of_its_time() -> None:
    assert capacity.streams_in_real_time(64, took=0.01, rate=30) == pytest.approx(capacity.MAX_LOAD * 6400 / 30)


def test_a_slow_call_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, runs = [0.0], []
    monkeypatch.setattr(capacity.time, "perf_counter", lambda: clock[0])

    def run(took: float) -> None:
        runs.append(took)
        clock[0] += took

    assert capacity.time_call(lambda: run(5.0)) == 5.0
    assert len(runs) == 1
    assert capacity.time_call(lambda: run(0.01)) == pytest.approx(0.01)
    assert len(runs) == 1 + capacity.REPEATS


@pytest.mark.parametrize(("measured", "most", "expected"), [(37.9, 400, 37), (1000.0, 400, 400), (1.0, 400, 1)])
def test_capacity_is_rounded_down(measured: float, most: int | None, expected: int) -> None:
    with capture_logs() as logs:
        assert capacity.to_capacity(measured, "builtin", most) == expected
    assert not logs


def test_a_device_that_is_too_slow_gets_one_stream_and_a_warning() -> None:
    with capture_logs() as logs:
        assert capacity.to_capacity(0.3, "audio2face3d") == 1
    assert logs[0]["log_level"] == "warning"
    assert "frames will be late, use it for files only" in logs[0]["event"]
    assert logs[0]["streams"] == 0.3
