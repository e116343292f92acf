"""Measures level, brightness, voicing and pitch of a voice, in steps of 40 ms.

Pitch is the shortest period among the best of an autocorrelation whose spectrum is flattened (its magnitude instead
of its power), so that it follows the harmonics rather than the loudest formant.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from a2f_server.arrays import Float64Array, Samples

HZ = 25
"""Steps per second."""

_BAND = 4000
"""Samples per second at which pitch is measured; what lies above half of it counts as bright."""
_LOWEST, _HIGHEST = 65, 450
"""Pitches, Hz."""
_GOOD = 0.85
"""Share of the best correlation that is enough for a shorter period, which avoids octaves below the pitch."""
_DULLEST = -30.0
"""dB: less above 2 kHz, as in narrow-band audio, is not measured."""
_FAINT = 1e-10
"""Power that is added to all others: −100 dB."""


def step_samples(rate: int) -> int:
    """Returns the samples of a step."""
    return rate // HZ


def measures(steps: Samples, rate: int) -> Float64Array:
    """Returns `[m, 4]` for steps `[m, step_samples(rate)]`, each of which is measured alone.

    Level below 2 kHz in dB of full scale, level above relative to it in dB, voicing 0 to 1, and pitch in semitones
    above 100 Hz. Pitch means nothing where voicing is low.
    """
    fold = max(1, rate // _BAND)
    count = steps.shape[1] // fold
    low = sum(steps[:, k : count * fold : fold] for k in range(fold)) / np.float32(fold)
    middle = np.add.reduce(low, axis=1) / np.float32(count)
    low -= middle[:, None]
    power = _power(low)
    above = np.maximum(_power(steps) - np.square(middle) - power, 0)
    level, high = 10 * np.log10(np.array([power, above], np.float64) + _FAINT)
    voicing, hz = _pitch(low, rate / fold)
    return np.stack([level, np.maximum(high - level, _DULLEST), voicing, 12 * np.log2(hz / 100)], axis=1)


def _power(rows: Samples) -> Samples:
    total: Samples = np.add.reduce(np.square(rows), axis=1) / np.float32(rows.shape[1])
    return total


def _pitch(low: Samples, rate: float) -> tuple[Float64Array, Float64Array]:
    """Returns voicing, and pitch in Hz, `[m]` each."""
    count = low.shape[1]
    shortest, longest = int(rate / _HIGHEST), int(rate / _LOWEST) + 1
    spectrum = np.fft.rfft(low, 2 * count)
    magnitude = np.sqrt(np.square(spectrum.real) + np.square(spectrum.imag))
    similar = np.fft.irfft(magnitude, 2 * count)[:, : longest + 2].astype(np.float64)
    similar *= _fuller(count, longest + 2) / (similar[:, :1] + 1e-9)
    return _best(similar, shortest, longest, rate)


@lru_cache(maxsize=64)
def _fuller(count: int, lags: int) -> Float64Array:
    """Returns the factors that make up for the fewer products at longer lags."""
    return count / (count - np.arange(lags, dtype=np.float64))


def _best(similar: Float64Array, shortest: int, longest: int, rate: float) -> tuple[Float64Array, Float64Array]:
    """Returns the height and the frequency of the chosen peak of each row; height 0 where there is none."""
    rises = similar[:, shortest : longest + 2] > similar[:, shortest - 1 : longest + 1]
    heights = similar[:, shortest : longest + 1] * (rises[:, :-1] & ~rises[:, 1:])
    enough = _GOOD * heights.max(axis=1)
    lag = shortest + (heights >= enough[:, None]).argmax(axis=1)
    rows = np.arange(len(similar))
    before, at, after = (similar[rows, lag + k] for k in (-1, 0, 1))
    bend = np.minimum(before - 2 * at + after, -1e-9)
    offset = np.minimum(np.maximum((before - after) / (2 * bend), -0.5), 0.5)
    return np.minimum(at, 1) * (enough > 0), rate / (lag + offset)
