"""Gaze: both eyes rest, jump a little and drift back, at times and to places that follow from the seed alone.

Integers decide the times, and +, -, ×, ÷ on float64 the places, so that no libm function can make two machines differ.
"""

from __future__ import annotations

from a2f_server import arkit
from a2f_server.arrays import Weights
from a2f_server.motion.chance import Chance
from a2f_server.motion.contract import Context
from a2f_server.motion.parameters import ascending

_FULL = 30.0
"""Degrees that weight 1 stands for: a convention. ARKit names no angle; three.js' face capture example turns eyes by
30, our page's head by 20 to 26."""

_JUMPS = (0.2, 0.2, 0.3, 0.3, 0.4, 0.4, 0.5, 0.6, 0.8, 1.0)
"""Lengths of jumps, as shares of the widest: most are small."""
_WAYS = ((1.0, 0.0), (-1.0, 0.0)) * 2 + ((0.8, 0.6), (-0.8, 0.6), (0.8, -0.6), (-0.8, -0.6), (0.0, 1.0), (0.0, -1.0))
"""Directions (left, up), all of length 1: eyes go sideways more than up and down."""

_BRIEFEST_MS, _MS_A_DEGREE = 30.0, 3.0
"""A jump takes 30 ms and 3 for each degree, close to what is measured (20-40 ms and 2-3 a degree)."""
_HOME_MS = 5000
"""A rest drifts towards the centre, at a pace that would reach it after this time."""

_LEAST, _MOST, _WIDEST = 0.1, 3600.0, 10.0
"""Seconds between jumps, which must outlast a jump; degrees of the widest."""

Axis = tuple[tuple[int, int], tuple[int, int]]
"""For each eye the shape that turns it this way, and the one that turns it back."""


def _axis(left: tuple[str, str], right: tuple[str, str]) -> Axis:
    at = {way: arkit.INDEX[f"eyeLook{way}"] for way in (*left, *right)}
    return (at[left[0]], at[left[1]]), (at[right[0]], at[right[1]])


# left and right are the face's own: its left eye looks left by turning out, its right eye by turning in
_LEFT = _axis(("OutLeft", "InLeft"), ("InRight", "OutRight"))
_RIGHT = _axis(("InLeft", "OutLeft"), ("OutRight", "InRight"))
_UP = _axis(("UpLeft", "DownLeft"), ("UpRight", "DownRight"))
_DOWN = _axis(("DownLeft", "UpLeft"), ("DownRight", "UpRight"))


class Gaze:
    """Jumps of up to `widest` degrees, `shortest` … `longest` seconds apart; to no side do eyes go further than that.

    Lids follow by themselves: ARKit's eyeLookUp and eyeLookDown are the lids of such a gaze, so eyeBlink is left
    alone. Raises ValueError for parameters that no eye can keep.
    """

    def __init__(self, context: Context, widest: float = 5.0, shortest: float = 0.4, longest: float = 2.5) -> None:
        if not ascending(0, widest, _WIDEST):
            raise ValueError(f"widest is degrees, 0 ≤ widest ≤ {_WIDEST:g}")
        if not ascending(_LEAST, shortest, longest, _MOST):
            raise ValueError(f"shortest and longest are seconds, {_LEAST:g} ≤ shortest ≤ longest ≤ {_MOST:g}")
        self._fps, self._chance, self._widest = context.fps, Chance(context.seed, "gaze"), widest
        self._shortest, self._spread = int(shortest * 1000), max(1, int((longest - shortest) * 1000))
        self._from = self._to = (0.0, 0.0)
        self._at, self._takes, self._next = 0, _BRIEFEST_MS, self._pause() // 2

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        """See the contract."""
        for frame, row in enumerate(weights, first):
            left, up = self._place(frame * 1000 / self._fps)
            _turn(row, _LEFT if left > 0 else _RIGHT, abs(left) / _FULL)
            _turn(row, _UP if up > 0 else _DOWN, abs(up) / _FULL)
        return weights

    def _place(self, ms: float) -> tuple[float, float]:
        """Degrees to the left and up. Instants must come in order."""
        while ms >= self._next:
            self._jump()
        home = max(0.0, 1 - (ms - self._at) / _HOME_MS)
        left, up = self._to[0] * home, self._to[1] * home
        rest = max(0.0, 1 - (ms - self._at) / self._takes)
        # a smooth step: the eye speeds up and slows down
        rest *= rest * (3 - 2 * rest)
        return left + (self._from[0] - left) * rest, up + (self._from[1] - up) * rest

    def _jump(self) -> None:
        """Begins the next jump where the rest before it ends."""
        home = max(0.0, 1 - (self._next - self._at) / _HOME_MS)
        left, up = self._from = self._to[0] * home, self._to[1] * home
        length, way = self._widest * self._chance.of(_JUMPS), self._chance.of(_WAYS)
        self._to = self._step(left, length * way[0]), self._step(up, length * way[1])
        self._takes = _BRIEFEST_MS + _MS_A_DEGREE * length
        self._at, self._next = self._next, self._next + self._pause()

    def _step(self, place: float, step: float) -> float:
        """The other way where this one leads too far from the centre."""
        return place + step if abs(place + step) <= self._widest else place - step

    def _pause(self) -> int:
        return self._shortest + self._chance.below(self._spread)


def _turn(row: Weights, axis: Axis, weight: float) -> None:
    """Undoes what turns the eyes the other way before it adds: no eye looks up and down at once because of this."""
    for towards, back in axis:
        undone = max(0.0, min(weight, row.item(back)))
        if undone:
            row[back] = row.item(back) - undone
        row[towards] = min(1.0, row.item(towards) + (weight - undone))
