"""Reproducible random numbers for one processor, from the utterance's seed. Integer arithmetic only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_STEP = 0x9E3779B97F4A7C15


class RandomStream:
    """splitmix64 (Steele, Lea, Flood 2014), started at a different point for every seed (0 … 2³²−1) and stream.

    Each processor has a stream number of its own, so drawing more numbers in one does not change the others. The start
    is mixed as well: otherwise seed 1 would draw the numbers of seed 0, one position later.
    """

    def __init__(self, seed: int, stream: int) -> None:
        """Raises ValueError for a negative stream number."""
        if stream < 0:
            raise ValueError(f"a processor's stream is a number from 0 on, not {stream}")
        self._state = _mixed((stream * 2**32 + seed + 1) * _STEP % 2**64)

    def below(self, count: int) -> int:
        """Returns an integer in 0 … count − 1."""
        self._state = (self._state + _STEP) % 2**64
        return _mixed(self._state) % count

    def of(self, choices: Sequence[T]) -> T:
        """Returns one of the choices."""
        return choices[self.below(len(choices))]


def _mixed(z: int) -> int:
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
    return z ^ z >> 31
