"""Smooths the movements of the mouth without opening closed lips: a p stays a p."""

from __future__ import annotations

import numpy as np

from a2f_server.arrays import Float64Array, Weights
from a2f_server.motion.contract import Context
from a2f_server.motion.mouth import LIPS, MOUTH
from a2f_server.motion.validation import number

CLOSED = 0.15
"""Lip aperture up to which the smoothed lips are never wider apart than the model's."""
_WIDER = 1.0
"""Above that, how much wider they may be, as a share of the excess."""
_RATE = 30


class Smoothing:
    """y ← x + (y − x) · keep, for the shapes of mouth, jaw, tongue and puffed cheeks.

    Causal. `delay` is the mean delay of a movement in frames at 30 fps, 0-5: keep = delay / (1 + delay). Where y would
    part the lips (`emotion.aperture`) more than x allows, it moves towards x until it does not. So closures are neither
    late nor less closed; only other movements are delayed. Raises ValueError for a delay out of range.
    """

    def __init__(self, context: Context, delay: float = 0.4) -> None:
        frames = number(delay, "delay", 0, 5) * context.fps / _RATE
        self._keep = frames / (1 + frames)
        self._last: Float64Array | None = None

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        for row in weights:
            row[MOUTH] = self._smooth(row[MOUTH].astype(np.float64))
        return weights

    def _smooth(self, wanted: Float64Array) -> Float64Array:
        if self._last is None:
            self._last = wanted
        smooth = wanted + (self._last - wanted) * self._keep
        allowed, opening = float((wanted * LIPS).sum()), float((smooth * LIPS).sum())
        limit = max(allowed, 0.0) + _WIDER * max(0.0, allowed - CLOSED)
        if opening > limit:
            smooth += (wanted - smooth) * ((opening - limit) / (opening - allowed))
        self._last = smooth
        return smooth
