"""Adds small random saccades of both eyes and a slow drift back to the centre, depending only on the seed.

Times are integers, and directions use only +, -, × and ÷ on float64: no libm function can make two machines differ.
"""

from __future__ import annotations

from a2f_server import arkit
from a2f_server.arrays import Weights
from a2f_server.motion.contract import Context
from a2f_server.motion.random_stream import RandomStream
from a2f_server.motion.validation import ascending

_FULL = 30.0
"""Degrees at weight 1: a convention, since ARKit defines no angle. The face capture example of three.js turns eyes by
30°, our page's head by 20° to 26°."""

_JUMPS = (0.2, 0.2, 0.3, 0.3, 0.4, 0.4, 0.5, 0.6, 0.8, 1.0)
"""Lengths of saccades as shares of the widest: most are small."""
_WAYS = ((1.0, 0.0), (-1.0, 0.0)) * 2 + ((0.8, 0.6), (-0.8, 0.6), (0.8, -0.6), (-0.8, -0.6), (0.0, 1.0), (0.0, -1.0))
"""Directions (left, up) of length 1: eyes move sideways more than up and down."""

_SHORTEST_MS, _MS_A_DEGREE = 30.0, 3.0
"""A saccade takes 30 ms plus 3 ms per degree, close to measurements (20-40 ms plus 2-3 ms per degree)."""
_HOME_MS = 5000
"""Between saccades the gaze drifts towards the centre, which it would reach after this time."""

_LEAST, _MOST, _WIDEST = 0.1, 3600.0, 10.0
"""Limits: seconds between saccades, longer than a saccade, and degrees of the widest saccade."""

Axis = tuple[tuple[int, int], tuple[int, int]]
"""For each eye, the shape that turns it this way and the shape that turns it back."""


def _axis(left: tuple[str, str], right: tuple[str, str]) -> Axis:
    at = {way: arkit.INDEX[f"eyeLook{way}"] for way in (*left, *right)}
    return (at[left[0]], at[left[1]]), (at[right[0]], at[right[1]])


# left and right are those of the face: its left eye looks left by turning out, its right eye by turning in
_LEFT = _axis(("OutLeft", "InLeft"), ("InRight", "OutRight"))
_RIGHT = _axis(("InLeft", "OutLeft"), ("OutRight", "InRight"))
_UP = _axis(("UpLeft", "DownLeft"), ("UpRight", "DownRight"))
_DOWN = _axis(("DownLeft", "UpLeft"), ("DownRight", "UpRight"))


class Gaze:
    """Adds saccades of up to `widest` degrees, `shortest` … `longest` seconds apart, within `widest` of the centre.

    ARKit's eyeLookUp and eyeLookDown include the lids, so eyeBlink is not changed. Raises ValueError for parameters out
    of range.
    """

    stream = 1
    """Number of its RandomStream: part of every frame, so it must never change."""

    def __init__(self, context: Context, widest: float = 5.0, shortest: float = 0.4, longest: float = 2.5) -> None:
        if not ascending(0, widest, _WIDEST):
            raise ValueError(f"widest is degrees, 0 ≤ widest ≤ {_WIDEST:g}")
        if not ascending(_LEAST, shortest, longest, _MOST):
            raise ValueError(f"shortest and longest are seconds, {_LEAST:g} ≤ shortest ≤ longest ≤ {_MOST:g}")
        self._fps, self._random, self._widest = context.fps, RandomStream(context.seed, self.stream), widest
        self._shortest, self._spread = int(shortest * 1000), max(1, int((longest - shortest) * 1000))
        self._from = self._to = (0.0, 0.0)
        self._at, self._takes, self._next = 0, _SHORTEST_MS, self._pause() // 2

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        for frame, row in enumerate(weights, first):
            left, up = self._direction(frame * 1000 / self._fps)
            _turn(row, _LEFT if left > 0 else _RIGHT, abs(left) / _FULL)
            _turn(row, _UP if up > 0 else _DOWN, abs(up) / _FULL)
        return weights

    def _direction(self, ms: float) -> tuple[float, float]:
        """Returns degrees to the left and up. Times must ascend."""
        while ms >= self._next:
            self._start_saccade()
        home = max(0.0, 1 - (ms - self._at) / _HOME_MS)
        left, up = self._to[0] * home, self._to[1] * home
        rest = 1 - (ms - self._at) / self._takes
        if rest <= 0:
            return left, up
        # smoothstep: the eye accelerates and decelerates
        rest *= rest * (3 - 2 * rest)
        return left + (self._from[0] - left) * rest, up + (self._from[1] - up) * rest

    def _start_saccade(self) -> None:
        """Starts the next saccade from the current position."""
        home = max(0.0, 1 - (self._next - self._at) / _HOME_MS)
        left, up = self._from = self._to[0] * home, self._to[1] * home
        length, way = self._widest * self._random.of(_JUMPS), self._random.of(_WAYS)
        self._to = self._step(left, length * way[0]), self._step(up, length * way[1])
        self._takes = _SHORTEST_MS + _MS_A_DEGREE * length
        self._at, self._next = self._next, self._next + self._pause()

    def _step(self, position: float, step: float) -> float:
        """Returns the new position; reverses a step that leads too far from the centre."""
        return position + step if abs(position + step) <= self._widest else position - step

    def _pause(self) -> int:
        return self._shortest + self._random.below(self._spread)


def _turn(row: Weights, axis: Axis, weight: float) -> None:
    """Reduces the opposite shape before adding to this one: no eye looks up and down at the same time."""
    for towards, back in axis:
        added, opposite = weight, row.item(back)
        if opposite > 0:
            undone = min(weight, opposite)
            row[back] = opposite - undone
            added -= undone
        turned = row.item(towards) + added
        row[towards] = turned if turned < 1 else 1.0
