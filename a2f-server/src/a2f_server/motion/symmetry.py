"""Makes the two halves of the face more alike."""

from __future__ import annotations

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Weights
from a2f_server.motion.contract import Context
from a2f_server.motion.validation import number

_ALIKE = np.array([not name.startswith("eyeLook") for name in arkit.NAMES])
"""Shapes to balance: eyes that look to one side do not move like a mirror image."""
_MIRROR = np.array(arkit.MIRROR)


class Symmetry:
    """v → v + share · (m − v) with m the mean of a shape and its mirror image; eyeLook… stays as it is.

    `share` is 0 (as it is) to 1 (both halves equal). Raises ValueError if it is out of range.
    """

    def __init__(self, context: Context, share: float = 1.0) -> None:
        self._half = np.where(_ALIKE, number(share, "share", 0, 1) / 2, 0).astype(np.float32)

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        # in this form, both halves are equal to the bit at share 1
        return weights * (1 - self._half) + weights[:, _MIRROR] * self._half
