"""Chance: the random numbers of one processor, which follow from the utterance's seed. Integers only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_STREAMS = ("blink", "gaze", "brows")
"""One stream a processor: drawing more for one moves nothing of another. Their order is part of every frame."""

_STEP = 0x9E3779B97F4A7C15


class RandomStream:
    """splitmix64 (Steele, Lea, Flood 2014) from a place of its own for every seed (0 … 2³²−1) and stream.

    The start is mixed as well: otherwise seed 1 would draw what seed 0 draws, one number later.
    """

    def __init__(self, seed: int, stream: str) -> None:
        self._state = _mixed((_STREAMS.index(stream) * 2**32 + seed + 1) * _STEP % 2**64)

    def below(self, count: int) -> int:
        """0 … count − 1."""
        self._state = (self._state + _STEP) % 2**64
        return _mixed(self._state) % count

    def of(self, choices: Sequence[T]) -> T:
        """One of these."""
        return choices[self.below(len(choices))]


def _mixed(z: int) -> int:
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
    return z ^ z >> 31
