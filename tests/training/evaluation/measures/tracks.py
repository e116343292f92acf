"""Tracks with known measures."""

from __future__ import annotations

import numpy as np

from training.evaluation.measures.track import Track
from training.evaluation.phones import consecutive
from training.phones import Phone

FPS = 100


def phones_of(*lengths: tuple[str, float]) -> tuple[Phone, ...]:
    """Makes consecutive phones from names and durations."""
    ends = np.cumsum([length for _, length in lengths]).tolist()
    return consecutive((name, end) for (name, _), end in zip(lengths, ends, strict=True))


def track(phones: tuple[Phone, ...], jaws: dict[str, float], **shapes: dict[str, float]) -> Track:
    """Makes a track with one constant value per phone."""
    t = np.arange(round(phones[-1].end * FPS)) / FPS
    channels = {}
    for shape, values in {"jawOpen": jaws, **shapes}.items():
        channels[shape] = np.zeros(len(t))
        for one in phones:
            channels[shape][(t >= one.start - 1e-9) & (t < one.end - 1e-9)] = values.get(one.name, 0.0)
    return Track(FPS, len(t), channels)


def still(seconds: float = 1.0, jaw: float = 0.0) -> Track:
    """Makes a track that does not move."""
    count = round(seconds * FPS)
    return Track(FPS, count, {"jawOpen": np.full(count, jaw)})
