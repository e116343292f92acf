"""What the mock hears in a window: energy, quiet, spectral tilt and voicing, from integer sums alone."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from a2f_server.audio.pcm import Samples

Columns = NDArray[np.float64]

POINTS = 264
"""A window of 1/30 s is boxed to this many integers (7.9 kHz): divisible by 3 (blocks, mid band) and 8 (low band)."""
HEAD, REAR, QUIET, LOW, MID, HIGH, VOICE = range(7)
"""Columns of `listen`: mean squares of the window's first and last two thirds, of its quietest block that is not
digital silence, of the bands under 0.5 kHz, 0.5–1.3 kHz and above; and the voicing, 0–1."""
COLUMNS = 7

NEVER_QUIET = 1e18
"""QUIET of a window that holds nothing but digital silence, which says nothing about a room's noise."""

_LAGS = range(7, 34)
"""Pitch periods of 377–80 Hz in points of the mid band (2.6 kHz)."""
_SPAN = POINTS // 3 - 1 - _LAGS[-1]


def listen(windows: Samples) -> Columns:
    """`[..., window]` float32 → `[..., COLUMNS]` float64, each row for itself."""
    x = boxed(windows.reshape(-1, windows.shape[-1]))
    out = np.empty((len(x), COLUMNS))
    _energies(x, out)
    mid = x.reshape(len(x), -1, 3).sum(-1)
    low = x.reshape(len(x), -1, 8).sum(-1)
    _bands(x, mid, low, out)
    out[:, VOICE] = _voicing(mid)
    return out.reshape(*windows.shape[:-1], COLUMNS)


def boxed(windows: Samples) -> NDArray[np.int64]:
    """int16 (half to even), then the mean (floor) of each of POINTS boxes."""
    integers = np.rint(windows * np.float32(32768)).astype(np.int64)
    np.clip(integers, -32768, 32767, out=integers)
    edges, sizes = _boxes(windows.shape[-1])
    return np.add.reduceat(integers, edges, axis=1) // sizes


@lru_cache(maxsize=256)
def _boxes(window: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    bounds = np.arange(POINTS + 1, dtype=np.int64) * window // POINTS
    return bounds[:-1], np.diff(bounds)


def _energies(x: NDArray[np.int64], out: Columns) -> None:
    blocks = np.square(x).reshape(len(x), 3, -1).sum(-1)
    size = POINTS // 3
    out[:, HEAD] = (blocks[:, 0] + blocks[:, 1]) / (2 * size)
    out[:, REAR] = (blocks[:, 1] + blocks[:, 2]) / (2 * size)
    out[:, QUIET] = np.where(blocks > 0, blocks / size, NEVER_QUIET).min(-1)


def _bands(x: NDArray[np.int64], mid: NDArray[np.int64], low: NDArray[np.int64], out: Columns) -> None:
    """Boxes of 8 and 3 points are low-passes; what a wider box loses against a narrower one is the band between.

    By Jensen's inequality each difference is at least zero.
    """
    full = np.square(x).sum(-1) / POINTS
    under_mid = np.square(mid).sum(-1) / (3 * POINTS)
    under_low = np.square(low).sum(-1) / (8 * POINTS)
    out[:, LOW] = under_low
    out[:, MID] = np.maximum(under_mid - under_low, 0.0)
    out[:, HIGH] = np.maximum(full - under_mid, 0.0)


def _voicing(mid: NDArray[np.int64]) -> Columns:
    """Greatest normalised autocorrelation over the pitch periods of a human voice.

    float64 holds these sums of products of integers exactly (below 2^53), whatever the order of addition.
    """
    y = np.diff(mid, axis=-1).astype(np.float64)  # a rumble is no voice: differences hear the pitch, not the drift
    views = np.lib.stride_tricks.sliding_window_view(y, _SPAN, axis=1)
    later = views[:, _LAGS[0] : _LAGS[-1] + 1]
    together = np.einsum("bk,blk->bl", y[:, :_SPAN], later)
    energy = np.einsum("blk,blk->bl", views, views)
    apart = np.sqrt(energy[:, :1] * energy[:, _LAGS[0] : _LAGS[-1] + 1])
    best: Columns = (together / (apart + 1.0)).max(-1)
    return np.clip(best, 0.0, 1.0)
