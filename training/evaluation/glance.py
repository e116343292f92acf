"""What can be said of a track without phones."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np

from a2f_server.audio.files import DecodedAudio
from training.evaluation import measures
from training.evaluation.track import Track, aperture, speech_p90, stir


@dataclass(frozen=True)
class Glance:
    """`activity` is the share of frames with aperture over .1, `p90` that of aperture while there is sound, `stir`
    the 95th percentile of (aperture + rounding) / p90 in pauses."""

    activity: float
    p90: float
    stir: float


def glance(sound: DecodedAudio, track: Track) -> Glance:
    """A look at one recording; pauses are PAUSE s or more that are 30 dB below its loud parts."""
    lips, t = aperture(track), track.times
    still, sounding = np.zeros(track.frames, bool), np.ones(track.frames, bool)
    for start, end in _silent(sound):
        sounding &= ~((t >= start) & (t < end))
        if end - start >= measures.PAUSE:
            still |= measures.still(start, end, t)
    p90, stirring = speech_p90(lips[sounding]), stir(track)[still]
    return Glance(float((lips > 0.1).mean()), p90, float(np.quantile(stirring / p90, 0.95)) if still.any() else nan)


def _silent(sound: DecodedAudio) -> list[tuple[float, float]]:
    """Stretches of silence, in seconds, from the level of 20 ms blocks."""
    block = sound.sample_rate // 50
    blocks = sound.samples[: len(sound.samples) // block * block].reshape(-1, block).astype(float)
    level = np.sqrt(np.square(blocks).mean(1))
    low = level < np.quantile(level, 0.95) * 10**-1.5 if len(level) else np.zeros(0, bool)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], low, [False]]).astype(int)))
    return [(a / 50, b / 50) for a, b in edges.reshape(-1, 2)]
