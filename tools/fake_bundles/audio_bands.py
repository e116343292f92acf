"""Audio features of the small networks: the power of twelve pitches in each 20 ms."""

from __future__ import annotations

import numpy as np

from a2f_server.arkit import EMOTIONS
from a2f_server.arrays import Float64Array
from tools.fake_bundles.curves import VOICE_CURVES
from tools.fake_bundles.graph import Graph

HOP, RATE = 320, 16000
PITCHES = np.geomspace(150.0, 6000.0, 12)
QUIET = 1e-4
"""Power below which a pitch counts as silent; silence gives exactly 0."""


def bands(g: Graph, sound: str, hops: int) -> str:
    """Adds nodes that compute `[B, hops, 12]` from hops · 320 samples."""
    sines = g.matmul(g.reshape(sound, -1, hops, HOP), _sines())
    powers = g.matmul(g("Mul", sines, sines), _pairs() / QUIET)
    return g("Log", g("Add", powers, g.floats(1.0)))


def around(instants: Float64Array, hops: int, width: float = 400.0) -> Float64Array:
    """Returns `[instants, hops]`: the weight of each hop at an instant (in samples); rows add up to 1."""
    middles = (np.arange(hops) + 0.5) * HOP
    near = np.exp(-(((instants[:, None] - middles) / width) ** 2) / 2)
    out: Float64Array = near / near.sum(1, keepdims=True)
    return out


def curves() -> Float64Array:
    """Returns the matrix `[12, 4]` from bands to the voice's curves, before `tanh`."""
    low, high = PITCHES < 900, PITCHES > 2500
    dark = 0.8 * (low / low.sum() - 0.8 * high / high.sum())
    return np.stack([0.45 * ~high / (~high).sum(), dark, 0.4 * high / high.sum(), 0.2 * low / low.sum()], axis=1)


def gains() -> Float64Array:
    """Returns `[10, 4]`: the effect of each emotion on the voice's curves."""
    waves: Float64Array = 0.4 * np.sin(np.arange(len(EMOTIONS) * len(VOICE_CURVES)) * 1.7)
    return waves.reshape(len(EMOTIONS), len(VOICE_CURVES))


def _sines() -> Float64Array:
    """Returns `[320, 24]`: windowed cosines and sines; a sine of amplitude a gives a."""
    window = np.hanning(HOP + 1)[:HOP]
    angles = 2 * np.pi * np.arange(HOP)[:, None] * PITCHES / RATE
    out: Float64Array = np.concatenate([np.cos(angles), np.sin(angles)], axis=1) * window[:, None] * 2 / window.sum()
    return out


def _pairs() -> Float64Array:
    return np.tile(np.eye(len(PITCHES)), (2, 1))
