"""Sets small weights to 0: dlp3d's `BlendshapeThreshold`."""

from __future__ import annotations

import numpy as np

from a2f_server.arrays import Weights
from a2f_server.motion.column_values import per_column
from a2f_server.motion.contract import Context


class Threshold:
    """v → 0 if v ≤ threshold, else v. Raises ValueError if a threshold is not a number."""

    any_names = True

    def __init__(self, context: Context, thresholds: object) -> None:
        self._thresholds = per_column(context, thresholds, "thresholds", -np.inf)

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        weights[weights <= self._thresholds] = 0
        return weights
