"""Makes parts of the face move more or less."""

from __future__ import annotations

import numpy as np

from a2f_server.arrays import Weights
from a2f_server.motion.contract import Context
from a2f_server.motion.validation import numbers

REGIONS = {
    "eyes": "eye",
    "brows": "brow",
    "jaw": "jaw",
    "mouth": "mouth",
    "cheeks": "cheek",
    "nose": "nose",
    "tongue": "tongue",
}
"""Regions of the face, and how the names of their shapes begin."""


class Gain:
    """v → v · gain, limited to 0-1. `regions` is `{region: gain}`, `shapes` `{shape: gain}`, which overrides them.

    Raises ValueError for a gain outside 0-10 or an unknown region.
    """

    any_names = True

    def __init__(self, context: Context, regions: object = None, shapes: object = None) -> None:
        gains = np.ones(len(context.names), np.float32)
        for region, gain in numbers(regions or {}, "regions").items():
            if region not in REGIONS:
                raise ValueError(f"there is no region {region!r}; known are {', '.join(REGIONS)}")
            gains[[name.lower().startswith(REGIONS[region]) for name in context.names]] = gain
        for shape, gain in numbers(shapes or {}, "shapes").items():
            gains[context.columns(shape)] = gain
        if not ((gains >= 0) & (gains <= _MOST)).all():
            raise ValueError(f"gains must be from 0 to {_MOST}")
        self._gains = gains

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        np.multiply(weights, self._gains, out=weights)
        return np.clip(weights, 0, 1, out=weights)


_MOST = 10
