"""The sound as a small network hears it: how loud twelve pitches are in each 20 ms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from a2f_server.arkit import EMOTIONS
from tools.bundles.acting import VOICE
from tools.bundles.graph import Graph

HOP, RATE = 320, 16000
PITCHES = np.geomspace(150.0, 6000.0, 12)
QUIET = 1e-4
"""Power below which a pitch is not heard; silence is exactly nothing."""
Matrix = NDArray[np.float64]


def bands(g: Graph, sound: str, hops: int) -> str:
    """`[B, hops, 12]` of a sound of hops · 320 samples."""
    sines = g.matmul(g.reshape(sound, -1, hops, HOP), _sines())
    powers = g.matmul(g("Mul", sines, sines), _pairs() / QUIET)
    return g("Log", g("Add", powers, g.floats(1.0)))


def around(instants: NDArray[np.float64], hops: int, width: float = 400.0) -> Matrix:
    """`[instants, hops]`: how much of each hop is heard at an instant (samples); rows add up to 1."""
    middles = (np.arange(hops) + 0.5) * HOP
    near = np.exp(-(((instants[:, None] - middles) / width) ** 2) / 2)
    out: Matrix = near / near.sum(1, keepdims=True)
    return out


def curves() -> Matrix:
    """`[12, 4]` from bands to the voice's curves, before `tanh`."""
    low, high = PITCHES < 900, PITCHES > 2500
    dark = 0.8 * (low / low.sum() - 0.8 * high / high.sum())
    return np.stack([0.45 * ~high / (~high).sum(), dark, 0.4 * high / high.sum(), 0.2 * low / low.sum()], axis=1)


def gains() -> Matrix:
    """`[10, 4]`: how emotions change what the voice does."""
    waves: Matrix = 0.4 * np.sin(np.arange(len(EMOTIONS) * len(VOICE)) * 1.7)
    return waves.reshape(len(EMOTIONS), len(VOICE))


def _sines() -> Matrix:
    """`[320, 24]`: cosines and sines under a window; a sine of amplitude a gives a."""
    window = np.hanning(HOP + 1)[:HOP]
    angles = 2 * np.pi * np.arange(HOP)[:, None] * PITCHES / RATE
    out: Matrix = np.concatenate([np.cos(angles), np.sin(angles)], axis=1) * window[:, None] * 2 / window.sum()
    return out


def _pairs() -> Matrix:
    return np.tile(np.eye(len(PITCHES)), (2, 1))
