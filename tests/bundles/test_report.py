"""What `models check` writes: sizes and costs that people can read."""

from __future__ import annotations

import pytest

from a2f_server.bundles.benchmark import Benchmark, peak
from a2f_server.bundles.report import cost_lines, megabytes


def told(alone: float, crowd: float, carries: float) -> str:
    return "\n".join(cost_lines(Benchmark("cpu", "CPUExecutionProvider", alone, crowd, 30, carries), 30))


def test_voices_are_those_that_a_server_takes() -> None:
    text = told(alone=10.0, crowd=2.5, carries=13.2)
    assert "10.0 ms a window, 2.5 ms where 8 run together, on CPUExecutionProvider" in text
    assert "real-time factor 0.30" in text
    assert "a server takes 13 voices at once" in text
    assert "400 voices" in told(0.1, 0.1, carries=1000)


def test_one_voice_and_none() -> None:
    assert "1 voice at once" in told(20.0, 20.0, 1.0)
    assert "too slow for live voices" in told(50.0, 40.0, 0.9)


@pytest.mark.parametrize(("count", "text"), [(64861, "0.1 MB"), (75_751_144, "76 MB"), (724_844_664, "725 MB")])
def test_sizes_are_decimal(count: int, text: str) -> None:
    assert megabytes(count) == text


def test_the_memory_of_this_process_is_known_here() -> None:
    assert peak() > 2e7
