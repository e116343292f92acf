"""Clamps weights to [0, 1]."""

from __future__ import annotations

import numpy as np

from a2f_server.arrays import Weights
from a2f_server.motion.contract import Context


class Clamp:
    """For use between processors: the output of the last one is clamped anyway, by quantisation."""

    def __init__(self, context: Context) -> None:
        pass

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        np.maximum(weights, _NONE, out=weights)
        return np.minimum(weights, _FULL, out=weights)


_NONE, _FULL = np.float32(0), np.float32(1)
