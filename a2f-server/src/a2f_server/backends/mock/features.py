"""Audio features of the mock: energy, quiet, spectral tilt and voicing of a window, from sums of integers only."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeVar

import numpy as np

from a2f_server.arrays import Float64Array, Int64Array, Samples

Array = TypeVar("Array", Float64Array, Samples)

POINTS = 264
"""Integers per window of 1/30 s (7.9 kHz): divisible by 3 (blocks, mid band) and 8 (low band)."""
HEAD, REAR, QUIET, LOW, MID, HIGH, VOICE = range(7)
"""Columns of `extract`: mean squares of the window's first and last two thirds, of its quietest third, of the bands
under 0.5 kHz, 0.5-1.3 kHz and above; and the voicing, 0-1."""
COLUMNS = 7

NEVER_QUIET = 1e18
"""QUIET before the first window, when the room's noise is still unknown."""

_BLOCK = 512
"""Rows processed at a time, to bound the memory in use."""
_LAGS = range(7, 34)
"""Pitch periods of 377–80 Hz, in points of the mid band (2.6 kHz)."""
_SPAN = POINTS // 3 - 1 - _LAGS[-1]


def extract(windows: Samples) -> Float64Array:
    """Returns the features `[..., COLUMNS]` float64 of `[..., window]` float32, each window independent of the rest."""
    rows = windows.reshape(-1, windows.shape[-1])
    out = np.empty((len(rows), COLUMNS))
    for start in range(0, len(rows), _BLOCK):
        _extract(rows[start : start + _BLOCK], out[start : start + _BLOCK])
    return out.reshape(*windows.shape[:-1], COLUMNS)


def _extract(rows: Samples, out: Float64Array) -> None:
    x = boxed(rows)
    mid = _summed(x, 3)
    _energies(x, mid, out)
    out[:, VOICE] = _voicing(mid)


def boxed(windows: Samples) -> Float64Array:
    """Rounds to int16 (half to even), then returns the mean (floor) of each of POINTS boxes: integers, as float64.

    float32 holds the sums exactly (12 samples of 16 bits), and a quotient is never close enough to the next integer to
    be rounded to it.
    """
    integers = np.rint(windows * np.float32(32768))
    np.minimum(integers, np.float32(32767), out=integers)
    size = windows.shape[-1] // POINTS
    if size * POINTS * 20 > windows.shape[-1] * 19:
        # 8, 16, 24, 32 and 48 kHz: boxes of equal size cover nearly all samples, and strided sums are fast
        means = _summed(integers[:, : size * POINTS], size) / np.float32(size)
    else:
        edges, sizes = _boxes(windows.shape[-1])
        means = np.add.reduceat(integers, edges, axis=1) / sizes
    boxes: Float64Array = np.floor(means).astype(np.float64)
    return boxes


@lru_cache(maxsize=256)
def _boxes(window: int) -> tuple[Int64Array, Samples]:
    bounds = np.arange(POINTS + 1, dtype=np.int64) * window // POINTS
    return bounds[:-1], np.diff(bounds).astype(np.float32)


def _summed(x: Array, size: int) -> Array:
    """Returns sums of `size` neighbours. Loops over the short axis, since numpy reduces short axes slowly."""
    total = x[:, ::size].copy()
    for k in range(1, size):
        total += x[:, k::size]
    return total


def _energies(x: Float64Array, mid: Float64Array, out: Float64Array) -> None:
    """Fills in the energies. Box filters of 8 and 3 points are low-passes; their differences are the bands between.

    By Jensen's inequality each difference is at least zero. All sums are of integers.
    """
    blocks = _squares(x.reshape(len(x), 3, -1))
    size = POINTS // 3
    out[:, HEAD] = (blocks[:, 0] + blocks[:, 1]) / (2 * size)
    out[:, REAR] = (blocks[:, 1] + blocks[:, 2]) / (2 * size)
    out[:, QUIET] = blocks.min(-1) / size
    full = (blocks[:, 0] + blocks[:, 1] + blocks[:, 2]) / POINTS
    under_mid = _squares(mid) / (3 * POINTS)
    under_low = _squares(_summed(x, 8)) / (8 * POINTS)
    out[:, LOW] = under_low
    out[:, MID] = np.maximum(under_mid - under_low, 0.0)
    out[:, HIGH] = np.maximum(full - under_mid, 0.0)


def _squares(x: Float64Array) -> Float64Array:
    """Returns sums of squares over the last axis."""
    total: Float64Array = np.einsum("...k,...k->...", x, x)
    return total


def _voicing(mid: Float64Array) -> Float64Array:
    """Returns the greatest normalised autocorrelation over the pitch periods of a human voice.

    It is computed from differences, since a rumble must not count as voice.
    """
    y = mid[:, 1:] - mid[:, :-1]
    views = np.lib.stride_tricks.sliding_window_view(y, _SPAN, axis=1)[:, _LAGS[0] : _LAGS[-1] + 1]
    together = np.einsum("bk,blk->bl", y[:, :_SPAN], views)
    sums = np.cumsum(y * y, axis=1)
    energy = sums[:, _SPAN + _LAGS[0] - 1 :][:, : len(_LAGS)] - sums[:, _LAGS[0] - 1 : _LAGS[-1]]
    apart = np.sqrt(sums[:, _SPAN - 1 : _SPAN] * energy)
    best: Float64Array = (together / (apart + 1.0)).max(-1)
    return unit(best)


def unit(x: Float64Array) -> Float64Array:
    """Limits values to 0 … 1, as `np.clip` does in four times the time."""
    limited: Float64Array = np.minimum(np.maximum(x, 0.0), 1.0)
    return limited
