"""Raises the brows slightly on stressed syllables, estimated from the jaw.

The estimate is causal, since frames are streamed. It uses only +, -, × and ÷ on float64, except for the coefficients of
the envelopes: those come from exp, once per utterance, and are rounded far more coarsely than libms differ.
"""

from __future__ import annotations

from math import exp, log

from a2f_server import arkit
from a2f_server.arrays import Weights
from a2f_server.motion.contract import Context
from a2f_server.motion.random_stream import RandomStream
from a2f_server.motion.validation import ascending

_JAW = arkit.INDEX["jawOpen"]
_INNER, _LEFT, _RIGHT = (arkit.INDEX[f"brow{part}"] for part in ("InnerUp", "OuterUpLeft", "OuterUpRight"))

USUAL_S = 1.5
"""Time constant of the running mean of the jaw opening, in seconds."""
ATTACK_S, RELEASE_S = 0.12 / log(10), 0.4 / log(10)
"""Time constants, in seconds: 90 % of a rise takes 120 ms, 90 % of a fall 400 ms."""
_GRID = 2**20

_LEAST, _MOST = 0.12, 0.35
"""Jaw opening above the running mean at which stress begins, and at which it is full."""
_REST = 0.04
"""Levels below this share count as 0, so the brows are at rest 0.6 s after the last stress."""

_PHRASE_S = 2
"""Seconds, about a phrase, over which the strength moves from one random value to the next."""
_WEAKEST = 0.4
_OUTER = 0.7
"""Movement of the outer brows as a share of the inner."""
_LEAN = 8
"""Maximum asymmetry of the outer brows in per cent, drawn once per utterance."""


class Brows:
    """Raises the inner brows by up to `height` and the outer ones by less. Raises ValueError for a height outside 0-1.

    Strengths change with time, not with detected phrases: the last bits of the model's output, which may differ
    between machines, would decide where a phrase begins and thereby change all later random numbers.
    """

    stream = 2
    """Number of its RandomStream: part of every frame, so it must never change."""

    def __init__(self, context: Context, height: float = 0.25) -> None:
        if not ascending(0, height, 1):
            raise ValueError("height is the weight of a full rise, 0 ≤ height ≤ 1")
        self._random = RandomStream(context.seed, self.stream)
        lean = (self._random.below(2 * _LEAN + 1) - _LEAN) / 100
        self._rises = ((_INNER, height), *_outer(height, lean))
        self._usual_keep, self._attack, self._release = (
            keep(seconds, context.fps) for seconds in (USUAL_S, ATTACK_S, RELEASE_S)
        )
        self._usual = self._level = 0.0
        self._period, self._phrase = context.fps * _PHRASE_S, 0
        self._before = self._after = self._draw()

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        for i, jaw in enumerate(weights[:, _JAW].tolist()):
            self._follow(_stress(jaw - self._usual) * self._strength((first + i) / self._period))
            self._usual = jaw + (self._usual - jaw) * self._usual_keep
            rise = self._level * (1 + _REST) - _REST
            if rise > 0:
                _lift(weights[i], self._rises, rise)
        return weights

    def _follow(self, target: float) -> None:
        keeps = self._attack if target > self._level else self._release
        self._level = target + (self._level - target) * keeps

    def _strength(self, phrases: float) -> float:
        """Returns `_WEAKEST` … 1 for a time in phrases since the start. Times must ascend."""
        while phrases >= self._phrase:
            self._before, self._after = self._after, self._draw()
            self._phrase += 1
        return self._after + (self._before - self._after) * (self._phrase - phrases)

    def _draw(self) -> float:
        return _WEAKEST + (1 - _WEAKEST) * self._random.below(101) / 100


def keep(seconds: float, fps: int) -> float:
    """Returns the factor by which an envelope of this time constant decays in one frame, rounded to the grid."""
    return round(exp(-1 / (seconds * fps)) * _GRID) / _GRID


def _outer(height: float, lean: float) -> tuple[tuple[int, float], tuple[int, float]]:
    return (_LEFT, height * _OUTER * (1 + lean)), (_RIGHT, height * _OUTER * (1 - lean))


def _stress(beyond: float) -> float:
    return min(1.0, max(0.0, (beyond - _LEAST) / (_MOST - _LEAST)))


def _lift(row: Weights, rises: tuple[tuple[int, float], ...], share: float) -> None:
    for column, height in rises:
        row[column] = min(1.0, row.item(column) + height * share)
