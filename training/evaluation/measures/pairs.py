"""Correlation between two tracks of one recording. Intervals are over pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from training.evaluation.measures.figure import Figure, mean
from training.evaluation.measures.track import Track, TrackCurve, aperture, jaw, lips_apart

Curve = Callable[[Track], TrackCurve]
LAGS_MS = range(-40, 41, 10)


@dataclass(frozen=True)
class TrackPair:
    """Our track and another one of the same recording, whose first frame is at `start` seconds."""

    name: str
    ours: Track
    other: Track
    start: float = 0.0
    face: bool = True
    """True if the other track is a captured face, false if it is another system's."""


def figures(pairs: Sequence[TrackPair], rng: np.random.Generator) -> dict[str, Figure]:
    """Returns all measures by pairs, named as in Score."""
    if not pairs:
        return {}
    face = np.array([pair.face for pair in pairs])
    jaws, lips = best(pairs, jaw, jaw)[0], best(pairs, aperture, lips_apart)[0]
    return {
        "faces_jaw": mean(jaws[face], rng),
        "faces_aperture": mean(lips[face], rng),
        "systems_jaw": mean(jaws[~face], rng),
        "wrong_audio_jaw": mean(best(pairs, jaw, jaw, shift=1)[0][face], rng),
    }


def best(pairs: Sequence[TrackPair], curve: Curve, others: Curve, shift: int = 0) -> tuple[TrackCurve, int]:
    """Returns the correlations of our curve and the other's at the lag (ms, ours after the other) with the highest
    mean, and that lag."""
    ours = [pairs[(i + shift) % len(pairs)].ours for i in range(len(pairs))]

    def at(lag: int) -> TrackCurve:
        return np.array([_correlation(p, t, curve, others, lag / 1000) for p, t in zip(pairs, ours, strict=True)])

    return max(((at(lag), lag) for lag in LAGS_MS), key=lambda one: float(one[0].mean()))


def _correlation(pair: TrackPair, track: Track, curve: Curve, others: Curve, lag: float) -> float:
    """Returns the correlation, or 0 if one track does not move."""
    mine = np.interp(pair.start + pair.other.times + lag, track.times, curve(track))
    other = others(pair.other)
    return 0.0 if min(mine.std(), other.std()) < 1e-6 else float(np.corrcoef(mine, other)[0, 1])
