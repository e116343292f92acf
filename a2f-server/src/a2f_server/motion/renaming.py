"""Runs a profile's `rename` and what follows it, just before frames are sent. The engine keeps the 52 shapes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from a2f_server.arrays import Weights
from a2f_server.motion.contract import Processor


class Renaming:
    """Turns the frames of one utterance into frames with other names."""

    def __init__(self, processors: Sequence[Processor], names: tuple[str, ...]) -> None:
        self._processors, self.names = processors, names

    def apply(self, weights: Weights, first: int) -> Weights:
        """Returns `[n, m]` in [0, 1], one column for each of `names`, for frames `[n, 52]` numbered from `first`.

        Frames must come in order; the result does not depend on how they are split. `weights` stays as it is.
        """
        weights = weights.astype(np.float32)
        for processor in self._processors:
            weights = processor.process(weights, first, None)
        return np.clip(weights, np.float32(0), np.float32(1))
