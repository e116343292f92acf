"""Alignments that cannot be right are rejected."""

from __future__ import annotations

import numpy as np
import pytest

from training.corpus.people.plausibility import plausible
from training.corpus.utterance import RATE
from training.phones import Phone


def recording() -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Two seconds: half a second of silence, one of noise, half a second of silence."""
    level = np.repeat([0.0001, 0.1, 0.0001], [RATE // 2, RATE, RATE // 2])
    return (level * np.random.default_rng(0).standard_normal(len(level))).astype(np.float32)


def spoken(start: float, length: float, count: int = 10) -> list[Phone]:
    step = length / count
    return [Phone("AA", start + i * step, start + (i + 1) * step) for i in range(count)]


def test_phones_where_it_is_loud_are_plausible() -> None:
    assert plausible(recording(), spoken(0.5, 1.0))


@pytest.mark.parametrize(
    "phones",
    [[], [Phone("SIL", 0, 2)], spoken(0.0, 0.6), spoken(0.5, 0.3), spoken(0.5, 1.0, 3), spoken(0.5, 1.0, 40)],
    ids=["none", "silence", "in silence", "speech left", "too slow", "too fast"],
)
def test_others_are_not(phones: list[Phone]) -> None:
    assert not plausible(recording(), phones)


def test_a_phone_of_a_second_is_not() -> None:
    assert not plausible(recording(), [*spoken(0.5, 0.2, 4), Phone("AA", 0.7, 1.5)])
