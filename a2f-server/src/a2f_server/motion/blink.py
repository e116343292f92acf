"""Blink: both lids close and open at times that follow from the seed alone.

Integers decide the times and a table the shape, so that no libm function can make two machines differ.
"""

from __future__ import annotations

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Weights
from a2f_server.motion.chance import Chance
from a2f_server.motion.contract import Context
from a2f_server.motion.parameters import ascending

_LIDS = [arkit.INDEX["eyeBlinkLeft"], arkit.INDEX["eyeBlinkRight"]]

_CURVE_MS = np.array([0, 30, 70, 110, 160, 210, 260], np.float64)
_CURVE = np.array([0.0, 0.35, 1.0, 1.0, 0.55, 0.15, 0.0])
"""A lid falls in 70 ms, rests 40 ms and rises in 150 ms (a blink takes 100-400 ms)."""

_LEAST, _MOST = 0.3, 3600.0
"""Seconds between blinks: they must not overlap, or what is drawn would depend on how frames are cut into calls."""


class Blink:
    """Adds blinks `shortest` … `longest` seconds apart, never lowering a lid that the model holds closed.

    Raises ValueError for pauses that no lid can keep.
    """

    def __init__(self, context: Context, shortest: float = 2.0, longest: float = 6.0) -> None:
        if not ascending(_LEAST, shortest, longest, _MOST):
            raise ValueError(f"shortest and longest are seconds, {_LEAST:g} ≤ shortest ≤ longest ≤ {_MOST:g}")
        self._fps = context.fps
        self._chance = Chance(context.seed, "blink")
        self._shortest, self._spread = int(shortest * 1000), max(1, int((longest - shortest) * 1000))
        self._at = 0
        self._plan(self._pause() // 2)

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        """See the contract."""
        stop = first + len(weights)
        while self._begin < stop:
            self._draw(weights, first, min(stop, self._end))
            if self._end > stop:
                break
            self._plan(self._pause())
        return weights

    def _plan(self, pause: int) -> None:
        """The next blink: its start in ms, and its frames from `_begin` up to `_end`, integers only."""
        self._at += pause
        self._begin = -(-self._at * self._fps // 1000)
        self._end = (self._at + int(_CURVE_MS[-1])) * self._fps // 1000 + 1

    def _draw(self, weights: Weights, first: int, stop: int) -> None:
        frames = np.arange(max(first, self._begin), stop)
        lid = _interpolate(frames * 1000 / self._fps - self._at)
        for column in _LIDS:
            rows = weights[frames - first, column]
            weights[frames - first, column] = np.maximum(rows, lid)

    def _pause(self) -> int:
        """Milliseconds to the next blink."""
        return self._shortest + self._chance.below(self._spread)


def _interpolate(ms: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Weights:
    """The curve at these times, with elementwise arithmetic alone."""
    piece = np.clip(np.searchsorted(_CURVE_MS, ms, side="right") - 1, 0, len(_CURVE) - 2)
    along = (ms - _CURVE_MS[piece]) / (_CURVE_MS[piece + 1] - _CURVE_MS[piece])
    lid: Weights = (_CURVE[piece] + (_CURVE[piece + 1] - _CURVE[piece]) * along).astype(np.float32)
    return lid
