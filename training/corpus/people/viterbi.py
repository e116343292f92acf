"""Forced alignment: the most likely times of the phones of a text, given how likely each phone is at each instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from training import phones
from training.phones import SILENCE, Phone

STEP = 0.01
"""Seconds between two rows of scores."""
SHORTEST = 2
"""Minimum length of a phone, in steps."""

Scores = NDArray[np.float64]
Word = tuple[str, ...]
"""The phones of a word."""


@dataclass(frozen=True)
class States:
    """A chain of states: SHORTEST for a phone, whose last may repeat, and one for a silence, which can be skipped."""

    names: list[int]
    """Index into phones.NAMES of each state."""
    unit: list[int]
    """Number of the phone or silence that each state belongs to."""
    lasting: NDArray[np.bool_]
    skips: NDArray[np.bool_]
    """Whether the state may follow the one two before it, which skips a silence."""


def states(words: Sequence[Word]) -> States:
    """Returns the states for words with a silence before, between and after them."""
    names, unit, lasting, skips = [], [], [], []
    silence = phones.NAMES.index(SILENCE)
    units = 0
    for word in [*words, ()]:
        names.append(silence)
        unit.append(units)
        lasting.append(True)
        skips.append(False)
        units += 1
        for i, name in enumerate(word):
            for k in range(SHORTEST):
                names.append(phones.NAMES.index(name))
                unit.append(units)
                lasting.append(k == SHORTEST - 1)
                skips.append(i == k == 0 and len(names) > 2)
            units += 1
    return States(names, unit, np.array(lasting), np.array(skips))


def align(scores: Scores, words: Sequence[Word]) -> list[Phone] | None:
    """Returns the phones of the best path through log likelihoods `[steps, phones.NAMES]`; None if they do not fit."""
    chain = states([word for word in words if word])
    path = _best_path(scores[:, chain.names], chain)
    if path is None:
        return None
    units = np.array(chain.unit)[path]
    starts = [0, *(np.flatnonzero(np.diff(units)) + 1).tolist(), len(path)]
    return [Phone(phones.NAMES[chain.names[path[a]]], a * STEP, b * STEP) for a, b in pairwise(starts)]


def _best_path(scores: Scores, chain: States) -> NDArray[np.intp] | None:
    """Returns the state at each step: Viterbi's algorithm. It starts and ends in a silence or a phone beside it."""
    steps, count = scores.shape
    if count < 2:
        return None
    best = np.full(count, -np.inf)
    best[:2] = scores[0, :2]
    came = np.zeros((steps, count), np.int8)
    stays, skips = np.where(chain.lasting, 0.0, -np.inf), np.where(chain.skips, 0.0, -np.inf)
    for t in range(1, steps):
        options = np.full((3, count), -np.inf)
        options[0] = best + stays
        options[1, 1:] = best[:-1]
        options[2, 2:] = best[:-2] + skips[2:]
        came[t] = options.argmax(0)
        best = options.max(0) + scores[t]
    at = count - 1 if best[-1] >= best[-2] else count - 2
    if not np.isfinite(best[at]):
        return None
    path = np.zeros(steps, np.intp)
    for t in range(steps - 1, -1, -1):
        path[t] = at
        at -= int(came[t, at])
    return path
