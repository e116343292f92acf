"""Rejects alignments that cannot be right, whatever the aligner says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.corpus.utterance import RATE
from training.phones import SILENCE, Phone

BLOCK = RATE // 100
LOUD = 30.0
"""Speech is at most this many decibels below the 95th percentile of the level."""


def plausible(samples: NDArray[np.float32], spoken: list[Phone]) -> bool:
    """Returns whether the rate and lengths of the phones are those of speech, and the phones lie where it is loud."""
    voiced = [p for p in spoken if p.name != SILENCE]
    length = sum(p.end - p.start for p in voiced)
    if not voiced or not 5 <= len(voiced) / max(length, 0.01) <= 22:
        return False
    if max(p.end - p.start for p in voiced) > 0.75 or np.mean([p.end - p.start <= 0.031 for p in voiced]) > 0.45:
        return False
    level, speech = _levels(samples), np.zeros(len(samples) // BLOCK, bool)
    for phone in voiced:
        speech[int(phone.start * 100) : int(phone.end * 100)] = True
    threshold = np.percentile(level, 95) - LOUD
    missed = level[~speech] > threshold + 12
    return bool((level[speech] > threshold).mean() >= 0.72 and (not len(missed) or missed.mean() < 0.35))


def _levels(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Returns the level of each 10 ms in decibels."""
    blocks = samples[: len(samples) // BLOCK * BLOCK].reshape(-1, BLOCK).astype(np.float64)
    return np.asarray(10 * np.log10(np.square(blocks).mean(1) + 1e-10))
