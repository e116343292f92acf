"""Limits shapes to bounds: dlp3d's `BlendshapeClip`."""

from __future__ import annotations

import numpy as np

from a2f_server.arrays import Weights
from a2f_server.motion.column_values import per_column
from a2f_server.motion.contract import Context


class Clip:
    """v → min(max(v, lower), upper), for the shapes that have a bound.

    Raises ValueError if a bound is not a number.
    """

    any_names = True

    def __init__(self, context: Context, lowerbounds: object = None, upperbounds: object = None) -> None:
        self._lower = per_column(context, lowerbounds or {}, "lowerbounds", -np.inf)
        self._upper = per_column(context, upperbounds or {}, "upperbounds", np.inf)

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        np.maximum(weights, self._lower, out=weights)
        return np.minimum(weights, self._upper, out=weights)
