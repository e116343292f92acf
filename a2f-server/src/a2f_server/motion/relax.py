"""Lets the mouth come to rest in silence."""

from __future__ import annotations

import numpy as np

from a2f_server.arrays import Weights
from a2f_server.motion.contract import Context
from a2f_server.motion.mouth import MOUTH
from a2f_server.motion.validation import number

_SLOW = 0.5
"""Change of a weight per second up to which the mouth counts as still."""
_RISE_S = 0.07
"""Seconds until the mouth moves fully again."""


class Relax:
    """Fades mouth, jaw, tongue and puffed cheeks to 0 over `fall` seconds, after they were still for `after` seconds.

    Still means: no weight above `ajar`, and none changing by more than 0.5 per second. When it moves again, the mouth
    follows the model within 0.07 s. Causal; closed lips stay closed, since all shapes fade together. Place it before
    `emotion`, so that a smile stays. Raises ValueError for parameters out of range.
    """

    def __init__(self, context: Context, after: float = 0.3, fall: float = 0.3, ajar: float = 0.2) -> None:
        self._after = number(after, "after", 0, 60) * context.fps
        self._falls = 1 / max(1.0, number(fall, "fall", 0, 60) * context.fps)
        self._rises = 1 / max(1.0, _RISE_S * context.fps)
        self._ajar, self._slow = number(ajar, "ajar", 0, 1), _SLOW / context.fps
        self._last, self._still, self._share = np.zeros(len(MOUTH), np.float32), 0, 1.0

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        for row in weights:
            mouth = row[MOUTH]
            still = float(mouth.max()) <= self._ajar and float(np.abs(mouth - self._last).max()) <= self._slow
            self._last, self._still = mouth, self._still + 1 if still else 0
            step = -self._falls if self._still > self._after else self._rises
            self._share = min(1.0, max(0.0, self._share + step))
            row[MOUTH] = mouth * np.float32(self._share)
        return weights
