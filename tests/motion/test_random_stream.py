"""RandomStream: integers from the seed, a different stream for every processor."""

from __future__ import annotations

import sys

import pytest

from a2f_server.motion.blink import Blink
from a2f_server.motion.brows import Brows
from a2f_server.motion.gaze import Gaze
from a2f_server.motion.processors import PROCESSORS
from a2f_server.motion.random_stream import RandomStream


def drawn(seed: int, stream: int, count: int = 200) -> list[int]:
    chance = RandomStream(seed, stream)
    return [chance.below(1000) for _ in range(count)]


def test_numbers_are_the_same_on_every_machine() -> None:
    assert drawn(0, Blink.stream, 3) == [55, 654, 231]
    assert drawn(2**32 - 1, Brows.stream, 3) == [919, 973, 846]


def test_streams_and_seeds_share_nothing() -> None:
    """Not even one position later: seeds are often consecutive numbers."""
    lines = {
        (seed, stream): drawn(seed, stream) for seed in range(4) for stream in (Blink.stream, Gaze.stream, Brows.stream)
    }
    quartets = [tuple(line[i : i + 4]) for line in lines.values() for i in range(len(line) - 3)]
    assert len(set(quartets)) == len(quartets)


def test_numbers_fill_their_range() -> None:
    counts = [sum(n // 100 == k for n in drawn(7, Gaze.stream, 10000)) for k in range(10)]
    assert min(counts) > 850
    assert max(counts) < 1150


def test_one_of() -> None:
    chance = RandomStream(1, Gaze.stream)
    assert {chance.of("abc") for _ in range(50)} == {"a", "b", "c"}


def test_a_negative_stream_is_refused() -> None:
    with pytest.raises(ValueError):
        RandomStream(0, -1)


def test_no_two_processors_share_a_stream() -> None:
    streams = {name: made.stream for name, made in PROCESSORS.items() if hasattr(made, "stream")}
    assert streams == {"blink": 0, "gaze": 1, "brows": 2} | streams, "published streams never change"
    assert len(set(streams.values())) == len(streams)


def test_every_processor_that_draws_random_numbers_declares_its_stream() -> None:
    for name, made in PROCESSORS.items():
        draws = "RandomStream" in vars(sys.modules[made.__module__])
        assert hasattr(made, "stream") == draws, name
