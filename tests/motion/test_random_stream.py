"""Chance: integers from the seed, another stream for every processor."""

from __future__ import annotations

import pytest

from a2f_server.motion.random_stream import RandomStream


def drawn(seed: int, stream: str, count: int = 200) -> list[int]:
    chance = RandomStream(seed, stream)
    return [chance.below(1000) for _ in range(count)]


def test_numbers_are_the_same_on_every_machine() -> None:
    assert drawn(0, "blink", 3) == [55, 654, 231]
    assert drawn(2**32 - 1, "brows", 3) == [919, 973, 846]


def test_streams_and_seeds_share_nothing() -> None:
    """Not even one number later: seeds are often numbers that count up."""
    lines = {(seed, stream): drawn(seed, stream) for seed in range(4) for stream in ("blink", "gaze", "brows")}
    quartets = [tuple(line[i : i + 4]) for line in lines.values() for i in range(len(line) - 3)]
    assert len(set(quartets)) == len(quartets)


def test_numbers_fill_their_range() -> None:
    counts = [sum(n // 100 == k for n in drawn(7, "gaze", 10000)) for k in range(10)]
    assert min(counts) > 850
    assert max(counts) < 1150


def test_one_of() -> None:
    chance = RandomStream(1, "gaze")
    assert {chance.of("abc") for _ in range(50)} == {"a", "b", "c"}


def test_a_processor_without_a_stream_is_a_mistake() -> None:
    with pytest.raises(ValueError):
        RandomStream(0, "nod")
