"""Multiplies shapes by factors: dlp3d's `BlendshapeScale`."""

from __future__ import annotations

import numpy as np

from a2f_server.arrays import Weights
from a2f_server.motion.column_values import per_column
from a2f_server.motion.contract import Context


class Scale:
    """v → v · factor, without limits. Raises ValueError if a factor is not a number."""

    any_names = True

    def __init__(self, context: Context, scaling_factors: object) -> None:
        self._factors = per_column(context, scaling_factors, "scaling_factors", 1)

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        return np.multiply(weights, self._factors, out=weights)
