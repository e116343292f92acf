"""Blinks at random full seconds: dlp3d's `UnitalkerRandomBlink`."""

from __future__ import annotations

from a2f_server import arkit
from a2f_server.arrays import Weights
from a2f_server.motion.contract import Context
from a2f_server.motion.random_stream import RandomStream

_LIDS = [arkit.INDEX["eyeBlinkLeft"], arkit.INDEX["eyeBlinkRight"]]
_CURVE = (0.4, 0.6, 1.0, 0.6)
_BEFORE = 2
"""Frames of the curve before its peak."""


class RandomBlink:
    """Sets both lids to .4, .6, 1, .6 around frame i, where i / fps is a multiple of 3 or 4 seconds.

    The number is drawn again after every blink, so two blinks are one to four seconds apart. Between blinks,
    the lids follow the model; frame 0 has no blink.
    """

    stream = 3
    """Number of its RandomStream: part of every frame, so it must never change."""

    def __init__(self, context: Context) -> None:
        self._fps, self._random, self._peak = context.fps, RandomStream(context.seed, self.stream), 0
        self._plan()

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        stop = first + len(weights)
        while self._peak - _BEFORE < stop:
            begin = self._peak - _BEFORE
            for frame, lid in enumerate(_CURVE, begin):
                if first <= frame < stop:
                    weights[frame - first, _LIDS] = lid
            if begin + len(_CURVE) > stop:
                break
            self._plan()
        return weights

    def _plan(self) -> None:
        """Schedules the next blink after the last one, in integers only."""
        every = (3 + self._random.below(2)) * self._fps
        self._peak += every - self._peak % every
