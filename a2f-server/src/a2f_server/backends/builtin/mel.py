"""Audio features of the built-in model: the power at 192 pitches, three to each of 64 mel bands, at any sample rate.

Audio of every rate is measured at the same pitches, so no resampling (and no delay of a resampler) is needed. High
pitches are measured over a short time, low ones over a long time: each band is as wide as the distance to its
neighbours.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from a2f_server.arrays import Float32Array, Float64Array
from a2f_server.backends.builtin import hum

BANDS = 64
PER_BAND = 3
LOWEST, HIGHEST = 80.0, 7600.0
"""Centres of the lowest and the highest band, in Hz."""
FRAME_S, HOP_S = 0.025, 0.010
"""Longest measurement, and time between two measurements, in seconds."""
SHORTEST_S = 0.010
AUDIBLE = 0.47
"""Share of the sample rate above which pitches count as silent: there the recording's anti-alias filter sets in."""
QUIET = 1e-8
"""Power in a band that counts as silence (a full-scale sine has power 1)."""
UNIT = 0.25
"""A feature is UNIT · ln(1 + power / QUIET)."""


def frame(rate: int) -> int:
    """Returns the samples of one measurement."""
    return round(FRAME_S * rate)


def window(rate: int) -> int:
    """Returns the samples of two measurements, HOP_S apart."""
    return frame(rate) + round(HOP_S * rate)


def centres() -> Float64Array:
    """Returns the bands' centres in Hz, equally spaced in mel (O'Shaughnessy 1987: 2595 log10(1 + f / 700))."""
    mel = np.linspace(2595 * np.log10(1 + LOWEST / 700), 2595 * np.log10(1 + HIGHEST / 700), BANDS)
    hz: Float64Array = 700 * (10 ** (mel / 2595) - 1)
    return hz


def pitches() -> tuple[Float64Array, Float64Array]:
    """Returns the sines' frequencies in Hz and durations in seconds: two periods of their spacing (Hann's −6 dB)."""
    middle = centres()
    apart = np.gradient(middle) / PER_BAND
    steps = np.arange(PER_BAND) - (PER_BAND - 1) / 2
    hz = (middle[:, None] + apart[:, None] * steps).ravel()
    return hz, np.clip(2 / apart.repeat(PER_BAND), SHORTEST_S, FRAME_S)


@lru_cache(maxsize=4)
def basis(rate: int) -> Float32Array:
    """Returns `[frame(rate), 2 · 192]`: cosines, then sines, each under its window; a full-scale sine gives about 1.

    A constant, and hum up to 60 Hz, give next to nothing.
    """
    hz, _ = pitches()
    return hum.removed(_windowed_sines(rate), hz, rate).astype(np.float32)


def _windowed_sines(rate: int) -> Float64Array:
    """Returns cosines and sines under Hann windows.

    Only the second half is computed, the first one mirrored: at 192 kHz this takes 20 ms instead of 50.
    """
    hz, seconds = pitches()
    length = frame(rate)
    t = (np.arange(length // 2, length) - (length - 1) / 2)[:, None] / rate
    turns = 2 * np.pi * t * hz
    hann = _mirrored(np.where(t < seconds / 2, 0.5 + 0.5 * np.cos(2 * np.pi * t / seconds), 0.0), length)
    hann *= 2 / hann.sum(0) * (hz < AUDIBLE * rate)
    waves = [hann * _mirrored(np.cos(turns), length), hann * _mirrored(np.sin(turns), length, sign=-1)]
    return np.concatenate(waves, axis=1)


def _mirrored(later: Float64Array, length: int, sign: int = 1) -> Float64Array:
    """Mirrors the second half about the middle; with an odd length, the middle row is its own mirror image."""
    return np.concatenate([sign * later[length % 2 :][::-1], later])


def bands() -> Float32Array:
    """Returns `[2 · 192, 64]`: averages the powers of each band's sines."""
    one = np.repeat(np.eye(BANDS, dtype=np.float32), PER_BAND, axis=0) / PER_BAND
    return np.concatenate([one, one])
