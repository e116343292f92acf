"""Two tracks of one recording, and how alike they are. Intervals are over pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from training.evaluation.figure import Figure, mean
from training.evaluation.track import Curve, Track, aperture, jaw

LAGS_MS = range(-40, 41, 10)


@dataclass(frozen=True)
class Pair:
    """Our track and another's of one recording; the other's first frame lies at `start` seconds."""

    name: str
    ours: Track
    other: Track
    start: float = 0.0
    face: bool = True
    """Whether the other is a captured face; else it is another system."""


def figures(pairs: Sequence[Pair], rng: np.random.Generator) -> dict[str, Figure]:
    """All measures by pairs, named as in Score."""
    if not pairs:
        return {}
    face = np.array([pair.face for pair in pairs])
    jaws, lips = best(pairs, jaw)[0], best(pairs, aperture)[0]
    return {
        "faces_jaw": mean(jaws[face], rng),
        "faces_aperture": mean(lips[face], rng),
        "systems_jaw": mean(jaws[~face], rng),
        "wrong_audio_jaw": mean(best(pairs, jaw, shift=1)[0][face], rng),
    }


def best(pairs: Sequence[Pair], curve: Callable[[Track], Curve], shift: int = 0) -> tuple[Curve, int]:
    """Each pair's correlation at the one lag (ms, ours after the other) at which their mean is the highest."""
    ours = [pairs[(i + shift) % len(pairs)].ours for i in range(len(pairs))]

    def at(lag: int) -> Curve:
        return np.array([_alike(pair, track, curve, lag / 1000) for pair, track in zip(pairs, ours, strict=True)])

    return max(((at(lag), lag) for lag in LAGS_MS), key=lambda one: float(one[0].mean()))


def _alike(pair: Pair, track: Track, curve: Callable[[Track], Curve], lag: float) -> float:
    """0 where one stands still."""
    mine = np.interp(pair.start + pair.other.times + lag, track.times, curve(track))
    other = curve(pair.other)
    return 0.0 if min(mine.std(), other.std()) < 1e-6 else float(np.corrcoef(mine, other)[0, 1])
