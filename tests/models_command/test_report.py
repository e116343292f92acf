"""The output of `models check`: sizes and speeds."""

from __future__ import annotations

import pytest

from a2f_server.models_command.benchmark import Benchmark, peak
from a2f_server.models_command.report import megabytes, speed_lines


def speed(single_ms: float, batched_ms: float, capacity: float) -> str:
    return "\n".join(speed_lines(Benchmark("cpu", "CPUExecutionProvider", single_ms, batched_ms, 30, capacity), 30))


def test_the_number_of_streams_is_the_capacity_of_a_server() -> None:
    text = speed(single_ms=10.0, batched_ms=2.5, capacity=13.2)
    assert "10.0 ms per window, 2.5 ms in a batch of 8, on CPUExecutionProvider" in text
    assert "real-time factor 0.30" in text
    assert "a server runs 13 streams at a time" in text
    assert "400 streams" in speed(0.1, 0.1, capacity=1000)


def test_one_stream_and_none() -> None:
    assert "1 stream at a time" in speed(20.0, 20.0, 1.0)
    assert "too slow for live audio" in speed(50.0, 40.0, 0.9)


@pytest.mark.parametrize(("count", "text"), [(64861, "0.1 MB"), (75_751_144, "76 MB"), (724_844_664, "725 MB")])
def test_sizes_are_decimal(count: int, text: str) -> None:
    assert megabytes(count) == text


def test_peak_memory_is_known() -> None:
    assert peak() > 2e7
