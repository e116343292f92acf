"""Figures with their 90 % bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import nan
from typing import TypeVar

import numpy as np

from training.evaluation.measures.track import TrackCurve

Part = TypeVar("Part")

MEAN_DRAWS, DRAWS = 1000, 200
"""Bootstrap samples for means, and for slower statistics."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure and its 90 % interval; NaN if there was nothing to measure."""

    value: float = nan
    low: float = nan
    high: float = nan


NOTHING = Figure()


def mean(values: Sequence[float] | TrackCurve, rng: np.random.Generator) -> Figure:
    """Returns the mean with its interval."""
    known = np.asarray(values, float)
    if len(known) < 2:
        return Figure(float(known[0])) if len(known) else NOTHING
    drawn = known[rng.integers(0, len(known), (MEAN_DRAWS, len(known)))].mean(1)
    return _interval(float(known.mean()), drawn)


def pooled(of: Callable[[Sequence[Part]], float], parts: Sequence[Part], rng: np.random.Generator) -> Figure:
    """Returns a statistic over all parts. Values within a part are correlated, so the bootstrap draws parts."""
    if not parts:
        return NOTHING
    drawn = [of([parts[i] for i in rng.integers(0, len(parts), len(parts))]) for _ in range(DRAWS)]
    return _interval(of(parts), np.array(drawn))


def separation(members: TrackCurve, others: TrackCurve, rng: np.random.Generator) -> Figure:
    """Returns the AUC; the bootstrap draws single values."""
    if not len(members) or not len(others):
        return NOTHING
    drawn = [auc(rng.choice(members, len(members)), rng.choice(others, len(others))) for _ in range(DRAWS)]
    return _interval(auc(members, others), np.array(drawn))


def auc(members: TrackCurve, others: TrackCurve) -> float:
    """Returns the probability that a member exceeds another value, ties counting half; NaN if one side is empty."""
    if not len(members) or not len(others):
        return nan
    ordered = np.sort(others)
    below, upto = np.searchsorted(ordered, members, "left"), np.searchsorted(ordered, members, "right")
    return float((below + upto).mean() / (2 * len(others)))


def _interval(value: float, drawn: TrackCurve) -> Figure:
    known = drawn[~np.isnan(drawn)]
    if not len(known):
        return Figure(value)
    return Figure(value, float(np.quantile(known, 0.05)), float(np.quantile(known, 0.95)))
