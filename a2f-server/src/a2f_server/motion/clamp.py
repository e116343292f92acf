"""Clamp: every weight stays in [0, 1]."""

from __future__ import annotations

import numpy as np

from a2f_server.arrays import Weights
from a2f_server.motion.contract import Context


class Clamp:
    """For between processors: what leaves the last one is clamped anyway, by the wire's unit."""

    def __init__(self, context: Context) -> None:
        pass

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        """See the contract."""
        np.maximum(weights, _NONE, out=weights)
        return np.minimum(weights, _FULL, out=weights)


_NONE, _FULL = np.float32(0), np.float32(1)
