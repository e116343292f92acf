"""Replaces the 52 columns with columns of other names: dlp3d's `Rename`."""

from __future__ import annotations

import numpy as np

from a2f_server.arrays import Weights
from a2f_server.motion.contract import Context
from a2f_server.motion.validation import table

MOST_NAMES = 1024


class Rename:
    """Returns frames `[n, m]` with exactly the m keys of `{target: source}`, in their order.

    The source "" (or null in a JSON file) gives 0, and so does an unknown one. A source without a side, such as
    `eyeBlink`, gives the mean of both. Several targets may have the same source. Raises ValueError for a mapping that
    is empty, or not a table of names.
    """

    any_names = True

    def __init__(self, context: Context, bs_names_mapping: object) -> None:
        mapping = table(bs_names_mapping, "bs_names_mapping")
        if not 0 < len(mapping) <= MOST_NAMES:
            raise ValueError(f"bs_names_mapping has {len(mapping)} names; it needs 1 to {MOST_NAMES}")
        if wrong := [s for s in mapping.values() if s is not None and not isinstance(s, str)]:
            raise ValueError(f"bs_names_mapping: {wrong[0]!r} is not a name")
        self.names = tuple(mapping)
        sources = [context.columns(source) if source else [] for source in mapping.values()]
        self._left, self._right = ([columns[side] if columns else 0 for columns in sources] for side in (0, -1))
        self._share = np.array([0.5 if columns else 0 for columns in sources], np.float32)

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        # the mean of a column with itself is exactly that column
        return (weights[:, self._left] + weights[:, self._right]) * self._share
