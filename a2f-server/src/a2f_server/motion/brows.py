"""Brows: they rise a little where the voice stresses something, as far as the jaw tells.

Frames are streamed, so only what was heard so far counts. Every float is +, -, × or ÷ on float64, but for the two
envelopes' coefficients, which come from exp once an utterance and are rounded to a grid far coarser than libms differ.
"""

from __future__ import annotations

from math import exp, log

from a2f_server import arkit
from a2f_server.arrays import Weights
from a2f_server.motion.chance import Chance
from a2f_server.motion.contract import Context
from a2f_server.motion.parameters import ascending

_JAW = arkit.INDEX["jawOpen"]
_INNER, _LEFT, _RIGHT = (arkit.INDEX[f"brow{part}"] for part in ("InnerUp", "OuterUpLeft", "OuterUpRight"))

USUAL_S = 1.5
"""Time constant of the opening that is usual in this voice, here and now."""
ATTACK_S, RELEASE_S = 0.12 / log(10), 0.4 / log(10)
"""Time constants: nine tenths of a rise are done in 120 ms, nine tenths of a fall in 400 ms."""
_GRID = 2**20

_LEAST, _MOST = 0.12, 0.35
"""The jaw beyond what is usual: stress begins at the first and is full at the second."""
_REST = 0.04
"""What is left of a stress below this share is nothing, so brows are at rest 0.6 s after the last."""

_PHRASE_S = 2
"""Seconds, about a phrase: how strongly stress is shown goes from one random strength to the next in this time."""
_WEAKEST = 0.4
_OUTER = 0.7
"""The outer ends go this share of the inner ones' way."""
_LEAN = 8
"""Per cent at most by which an outer end goes further than the other's mean: one per utterance."""


class Brows:
    """Raises the inner brows by up to `height`, the outer ones by less. Raises ValueError for a height beyond 0-1.

    Strengths change with time, not with phrases found in the jaw: a model's last bits, which may differ between
    machines, would decide where a phrase begins and so what all later ones draw.
    """

    def __init__(self, context: Context, height: float = 0.25) -> None:
        if not ascending(0, height, 1):
            raise ValueError("height is the weight of a full rise, 0 ≤ height ≤ 1")
        self._chance = Chance(context.seed, "brows")
        lean = (self._chance.below(2 * _LEAN + 1) - _LEAN) / 100
        self._rises = ((_INNER, height), *_outer(height, lean))
        self._usual_keep, self._attack, self._release = (
            keep(seconds, context.fps) for seconds in (USUAL_S, ATTACK_S, RELEASE_S)
        )
        self._usual = self._level = 0.0
        self._period, self._phrase = context.fps * _PHRASE_S, 0
        self._before = self._after = self._draw()

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        """See the contract."""
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
        """From `_WEAKEST` to 1, this many phrases after the start. Instants must come in order."""
        while phrases >= self._phrase:
            self._before, self._after = self._after, self._draw()
            self._phrase += 1
        return self._after + (self._before - self._after) * (self._phrase - phrases)

    def _draw(self) -> float:
        return _WEAKEST + (1 - _WEAKEST) * self._chance.below(101) / 100


def keep(seconds: float, fps: int) -> float:
    """What an envelope of this time constant keeps of its distance in one frame, on the grid."""
    return round(exp(-1 / (seconds * fps)) * _GRID) / _GRID


def _outer(height: float, lean: float) -> tuple[tuple[int, float], tuple[int, float]]:
    return (_LEFT, height * _OUTER * (1 + lean)), (_RIGHT, height * _OUTER * (1 - lean))


def _stress(beyond: float) -> float:
    return min(1.0, max(0.0, (beyond - _LEAST) / (_MOST - _LEAST)))


def _lift(row: Weights, rises: tuple[tuple[int, float], ...], share: float) -> None:
    for column, height in rises:
        row[column] = min(1.0, row.item(column) + height * share)
