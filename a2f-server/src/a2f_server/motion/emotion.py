"""Adds the facial expressions of the ten emotions, and blends emotions over time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Weights
from a2f_server.errors import BadMessage
from a2f_server.motion.contract import Context

BLEND_S = 0.3
"""Seconds over which a change of emotions is blended (docs/protocol.md)."""

MOST_KEYS = 128
"""Limit of pending changes of one utterance."""

_OPENING = ("jawOpen", "mouthFunnel", "mouthLowerDown", "mouthUpperUp", "mouthShrugUpper")
OPENS = np.array([name.startswith(_OPENING) for name in arkit.NAMES])
"""Mask `[52]` of the shapes that part the lips."""
PARTED = np.float32(0.12)
"""Lip aperture above which an expression may part the lips without restriction."""

APERTURE: Mapping[str, float] = {
    "jawOpen": 1.0,
    "mouthLowerDownLeft": 0.25,
    "mouthLowerDownRight": 0.25,
    "mouthUpperUpLeft": 0.25,
    "mouthUpperUpRight": 0.25,
    "mouthClose": -1.0,
    "mouthPressLeft": -0.25,
    "mouthPressRight": -0.25,
    "mouthRollLower": -0.3,
    "mouthRollUpper": -0.3,
}
"""Shares of the shapes in the lip aperture: `aperture` adds them in this order, in float32."""


class Emotion:
    """Adds expressions. While the lips are closed, shapes that would part them are left out: a p stays a p."""

    def __init__(self, context: Context) -> None:
        self._expressions = context.expressions

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        if emotions is None:
            return weights
        wanted = _weighted(emotions, self._expressions)
        freedom = np.clip(aperture(weights) / PARTED, np.float32(0), np.float32(1))
        wanted[:, OPENS] *= freedom[:, None]
        return np.add(weights, wanted, out=weights)


def aperture(weights: Weights) -> Weights:
    """Returns the lip aperture `[n]`: the opening by jaw and lips, minus the shapes that close them."""
    total = np.zeros(len(weights), np.float32)
    for name, share in APERTURE.items():
        total += np.float32(share) * weights[:, arkit.INDEX[name]]
    return np.maximum(total, np.float32(0))


def _weighted(emotions: Weights, expressions: Weights) -> Weights:
    """Returns emotions[n, 10] · expressions[10, 52], summed by name: a BLAS product may differ between machines."""
    total = np.zeros((len(emotions), expressions.shape[1]), np.float32)
    for k in np.flatnonzero(emotions.any(axis=0)):
        total += emotions[:, k, None] * expressions[k]
    return total


class EmotionTrack:
    """The emotions of one utterance over time. Each change replaces the previous emotions, blended over 300 ms."""

    def __init__(
        self, start: Mapping[str, float] | None = None, blend_s: float = BLEND_S, most_keys: int = MOST_KEYS
    ) -> None:
        """`blend_s`: seconds of a blend; `most_keys`: pending changes."""
        first = vector(start or {})
        self._blend_s, self._most_keys = blend_s, most_keys
        self._times = [-blend_s]
        self._targets = [first]
        self._origins = [first]
        self._current = 1
        """Origins from this index on are out of date: a change may have come before them."""
        self._neutral = self._is_neutral()

    def set(self, emotions: Mapping[str, float], at: float) -> None:
        """Sets the emotions from `at` seconds on. Changes may come in any order. Raises BadMessage for too many."""
        if len(self._times) >= self._most_keys:
            raise BadMessage(f"more than {self._most_keys} emotion changes are pending: send them as they occur")
        at = max(at, 0.0, self._times[0])
        k = bisect_right(self._times, at)
        self._times.insert(k, at)
        self._targets.insert(k, vector(emotions))
        self._origins.insert(k, self._targets[k])
        self._current = min(self._current, k)
        self._neutral = self._is_neutral()

    def at(self, time: float) -> Weights:
        """Returns the emotion vector `[10]` at `time` seconds."""
        self._update_origins()
        return self._blend(max(0, bisect_right(self._times, time) - 1), time)

    def over(self, first: int, count: int, fps: int) -> Weights | None:
        """Returns `[count, 10]` for frames from `first` on, None if all emotions so far are neutral."""
        if self._neutral:
            return None
        return np.stack([self.at((first + i) / fps) for i in range(count)])

    def forget(self, before: float) -> None:
        """Drops changes that have no effect from `before` seconds on."""
        self._update_origins()
        while len(self._times) > 1 and self._times[1] + self._blend_s <= before:
            del self._times[0], self._targets[0], self._origins[0]
        self._current = len(self._times)
        self._neutral = self._is_neutral()

    def _is_neutral(self) -> bool:
        return len(self._times) == 1 and not self._targets[0].any()

    def _update_origins(self) -> None:
        """Computes where each blend starts, once for all changes since the last time."""
        for k in range(self._current, len(self._times)):
            self._origins[k] = self._blend(k - 1, self._times[k])
        self._current = len(self._times)

    def _blend(self, k: int, time: float) -> Weights:
        share = np.float32(min(max((time - self._times[k]) / self._blend_s, 0.0), 1.0))
        return self._origins[k] + (self._targets[k] - self._origins[k]) * share


def vector(emotions: Mapping[str, float]) -> Weights:
    """Converts `{name: 0-1}` to a vector `[10]`."""
    return np.array([emotions.get(name, 0.0) for name in arkit.EMOTIONS], np.float32)
