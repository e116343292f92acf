"""Adds blinks at random times that depend only on the seed.

Times are integers and the shape is a table: no libm function can make two machines differ.
"""

from __future__ import annotations

from bisect import bisect_right

from a2f_server import arkit
from a2f_server.arrays import Weights
from a2f_server.motion.contract import Context
from a2f_server.motion.random_stream import RandomStream
from a2f_server.motion.validation import ascending

_LIDS = [arkit.INDEX["eyeBlinkLeft"], arkit.INDEX["eyeBlinkRight"]]

_CURVE_MS = (0.0, 30.0, 70.0, 110.0, 160.0, 210.0, 260.0)
_CURVE = (0.0, 0.35, 1.0, 1.0, 0.55, 0.15, 0.0)
"""The lids close in 70 ms, rest for 40 ms and open in 150 ms (human blinks take 100-400 ms)."""

_LEAST, _MOST = 0.3, 3600.0
"""Limits of the seconds between blinks: if blinks overlapped, the result would depend on how frames are split."""


class Blink:
    """Adds blinks `shortest` … `longest` seconds apart. Never opens a lid that the model holds closed.

    Raises ValueError for intervals out of range.
    """

    stream = 0
    """Number of its RandomStream: part of every frame, so it must never change."""

    def __init__(self, context: Context, shortest: float = 2.0, longest: float = 6.0) -> None:
        if not ascending(_LEAST, shortest, longest, _MOST):
            raise ValueError(f"shortest and longest are seconds, {_LEAST:g} ≤ shortest ≤ longest ≤ {_MOST:g}")
        self._fps = context.fps
        self._random = RandomStream(context.seed, self.stream)
        self._shortest, self._spread = int(shortest * 1000), max(1, int((longest - shortest) * 1000))
        self._at = 0
        self._plan(self._pause() // 2)

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        stop = first + len(weights)
        while self._begin < stop:
            self._draw(weights, first, min(stop, self._end))
            if self._end > stop:
                break
            self._plan(self._pause())
        return weights

    def _plan(self, pause: int) -> None:
        """Schedules the next blink: its start in ms and its frames `_begin` … `_end` − 1, in integers only."""
        self._at += pause
        self._begin = -(-self._at * self._fps // 1000)
        self._end = (self._at + int(_CURVE_MS[-1])) * self._fps // 1000 + 1

    def _draw(self, weights: Weights, first: int, stop: int) -> None:
        for frame in range(max(first, self._begin), stop):
            row, lid = weights[frame - first], _lid(frame * 1000 / self._fps - self._at)
            for column in _LIDS:
                if row.item(column) < lid:
                    row[column] = lid

    def _pause(self) -> int:
        """Returns the milliseconds to the next blink."""
        return self._shortest + self._random.below(self._spread)


def _lid(ms: float) -> float:
    """Returns the curve at this time, by +, -, × and ÷ only."""
    piece = min(max(bisect_right(_CURVE_MS, ms) - 1, 0), len(_CURVE) - 2)
    along = (ms - _CURVE_MS[piece]) / (_CURVE_MS[piece + 1] - _CURVE_MS[piece])
    return _CURVE[piece] + (_CURVE[piece + 1] - _CURVE[piece]) * along
