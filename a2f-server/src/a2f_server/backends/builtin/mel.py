"""What the built-in model hears: sines at 192 pitches, three to each of 64 mel bands, measured in the sound as it came.

Sound of every rate is measured at the same pitches, so nothing has to be resampled, and nothing waits for a resampler.
High pitches are measured over a short time, low ones over a long one: a band is as wide as its neighbours are apart.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

BANDS = 64
PER_BAND = 3
LOWEST, HIGHEST = 80.0, 7600.0
"""Hz, centres of the outer bands."""
FRAME_S, HOP_S = 0.025, 0.010
"""Seconds that a measurement hears at most, and between two of them."""
SHORTEST_S = 0.010
AUDIBLE = 0.47
"""Of the sample rate: pitches above lie in the slope of the recording's own filter and count as silent."""
QUIET = 1e-8
"""Power of what counts as silence in a band (a full sine has power 1)."""
UNIT = 0.25
"""A feature is UNIT · ln(1 + power / QUIET)."""


def frame(rate: int) -> int:
    """Samples of one measurement."""
    return round(FRAME_S * rate)


def window(rate: int) -> int:
    """Samples of two measurements, HOP_S apart."""
    return frame(rate) + round(HOP_S * rate)


def centres() -> NDArray[np.float64]:
    """Hz of the bands, equally far apart in mel (O'Shaughnessy 1987: 2595 log10(1 + f / 700))."""
    mel = np.linspace(2595 * np.log10(1 + LOWEST / 700), 2595 * np.log10(1 + HIGHEST / 700), BANDS)
    hz: NDArray[np.float64] = 700 * (10 ** (mel / 2595) - 1)
    return hz


def pitches() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hz of the sines, and seconds that each is measured over: two periods of their distance (Hann's -6 dB)."""
    middle = centres()
    apart = np.gradient(middle) / PER_BAND
    steps = np.arange(PER_BAND) - (PER_BAND - 1) / 2
    hz = (middle[:, None] + apart[:, None] * steps).ravel()
    return hz, np.clip(2 / apart.repeat(PER_BAND), SHORTEST_S, FRAME_S)


@lru_cache(maxsize=4)
def basis(rate: int) -> NDArray[np.float32]:
    """`[frame(rate), 2 · 192]`: cosines, then sines, each under its Hann window; a full sine measures 1.

    Only the half after the middle is computed: at 192 kHz that is 20 ms instead of 50.
    """
    hz, seconds = pitches()
    length = frame(rate)
    t = (np.arange(length // 2, length) - (length - 1) / 2)[:, None] / rate
    turns = 2 * np.pi * t * hz
    hann = _whole(np.where(t < seconds / 2, 0.5 + 0.5 * np.cos(2 * np.pi * t / seconds), 0.0), length)
    hann *= 2 / hann.sum(0) * (hz < AUDIBLE * rate)
    waves = [hann * _whole(np.cos(turns), length), hann * _whole(np.sin(turns), length, sign=-1)]
    return np.concatenate(waves, axis=1).astype(np.float32)


def _whole(later: NDArray[np.float64], length: int, sign: int = 1) -> NDArray[np.float64]:
    """What is mirrored about the middle, from its later half; an odd length has one row in the middle itself."""
    return np.concatenate([sign * later[length % 2 :][::-1], later])


def bands() -> NDArray[np.float32]:
    """`[2 · 192, 64]`: sums the squares of the sines of each band."""
    one = np.repeat(np.eye(BANDS, dtype=np.float32), PER_BAND, axis=0) / PER_BAND
    return np.concatenate([one, one])
