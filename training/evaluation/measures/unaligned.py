"""Measures for recordings without phone times."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np

from a2f_server.audio.files import DecodedAudio
from training.evaluation.measures import lips
from training.evaluation.measures.track import Track, aperture, speech_p90, stir


@dataclass(frozen=True)
class UnalignedMeasures:
    """Measures of one track.

    `activity` is the share of frames with an aperture over .1, `p90` the 90th percentile of the aperture while there is
    sound, `stir` the 95th percentile of (aperture + rounding) / p90 in pauses.
    """

    activity: float
    p90: float
    stir: float


def measure_unaligned(sound: DecodedAudio, track: Track) -> UnalignedMeasures:
    """Measures one recording. A pause is at least PAUSE s that are 30 dB below the loud parts."""
    opened, t = aperture(track), track.times
    still, sounding = np.zeros(track.frames, bool), np.ones(track.frames, bool)
    for start, end in _silent(sound):
        sounding &= ~((t >= start) & (t < end))
        if end - start >= lips.PAUSE:
            still |= lips.still(start, end, t)
    p90, stirring = speech_p90(opened[sounding]), stir(track)[still]
    return UnalignedMeasures(
        float((opened > 0.1).mean()), p90, float(np.quantile(stirring / p90, 0.95)) if still.any() else nan
    )


def _silent(sound: DecodedAudio) -> list[tuple[float, float]]:
    """Returns (start, end) of silences in seconds, from the level of 20 ms blocks."""
    block = sound.sample_rate // 50
    blocks = sound.samples[: len(sound.samples) // block * block].reshape(-1, block).astype(float)
    level = np.sqrt(np.square(blocks).mean(1))
    low = level < np.quantile(level, 0.95) * 10**-1.5 if len(level) else np.zeros(0, bool)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], low, [False]]).astype(int)))
    return [(a / 50, b / 50) for a, b in edges.reshape(-1, 2)]
