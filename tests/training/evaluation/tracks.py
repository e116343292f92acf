"""Tracks whose answers are known."""

from __future__ import annotations

import numpy as np

from training.evaluation.phones import Said, chained
from training.evaluation.track import Track

FPS = 100


def said(*phones: tuple[str, float]) -> tuple[Said, ...]:
    """Phones that last so long."""
    ends = np.cumsum([length for _, length in phones]).tolist()
    return chained((name, end) for (name, _), end in zip(phones, ends, strict=True))


def track(phones: tuple[Said, ...], jaws: dict[str, float], **shapes: dict[str, float]) -> Track:
    """A face that holds one value a phone."""
    t = np.arange(round(phones[-1].end * FPS)) / FPS
    channels = {}
    for shape, values in {"jawOpen": jaws, **shapes}.items():
        channels[shape] = np.zeros(len(t))
        for one in phones:
            channels[shape][(t >= one.start - 1e-9) & (t < one.end - 1e-9)] = values.get(one.phone, 0.0)
    return Track(FPS, len(t), channels)


def still(seconds: float = 1.0, jaw: float = 0.0) -> Track:
    """A face that does not move."""
    count = round(seconds * FPS)
    return Track(FPS, count, {"jawOpen": np.full(count, jaw)})
