"""Natural movements of a speaking head: sway, breath and nods on stressed words, like the client's idle animation
(web/src/idle). Blinks and small eye movements come with the server's frames.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from a2f_server import arkit
from a2f_server.drawing.contract import HeadPose
from a2f_server.motion.random_stream import RandomStream

STREAM = 1000
"""Number of the RandomStream, above those of the motion processors."""
LIMIT = 12.0
"""Maximum degrees of any angle: portraits look natural within these."""
_FREE = 8.0
"""Degrees up to which angles are not compressed."""
_SLOW, _FAST = (0.083, 0.137, 0.223, 0.361), (0.53, 0.79, 1.13)
"""Incommensurate frequencies in Hz: slow ones at rest, faster ones while talking."""
_REST, _TALK = (1.2, 2.2, 1.1), (1.3, 2.6, 1.4)
"""Maximum degrees of pitch, yaw and roll at rest, and the amount that talking adds."""
_TALK_TAU_S, _FADE_S, _HOLD_S = 0.5, 0.8, 0.4
_BREATH_S, _BREATH_VARIES, _INHALE, _BREATH_DEGREES = 4.2, 0.1, 0.42, 0.6
_EYE_DEGREES, _EYE_LEFT, _EYE_UP = 30.0, 25.0, 16.0
"""Degrees at weight 1 of an eyeLook shape, and the comfortable range of the eyes."""
_GAZE = (18.0, 12.0)
"""Degrees of `gaze_style` 1."""


class SpeakingHead:
    """The movements of one head during one video. The same seed and loudness give the same movements.

    `pose_style` is pitch, yaw and roll in degrees around which the head moves; `gaze_style` is where the eyes look,
    from −1 to 1: to the right of the picture, and up.
    """

    def __init__(self, seed: int, *, pose_style: Sequence[float] = (0, 0, 0), gaze_style: Sequence[float] = (0, 0)):
        random = RandomStream(seed, STREAM)
        self._phases = [[_share(random) * 2 * math.pi for _ in (*_SLOW, *_FAST)] for _ in range(3)]
        self._breath = [_share(random) * 2 * math.pi for _ in range(2)]
        self._style, self._gaze = tuple(map(float, pose_style)), tuple(map(float, gaze_style))
        self._voice, self._nods = _Voice(), _Nods()
        self._talk, self._last = 0.0, 0.0

    def move(self, seconds: float, loudness: float, weights: NDArray[np.float32]) -> HeadPose:
        """Returns the pose of the next frame. Turns the eyes in `weights[52]`, so that they keep looking ahead.

        loudness: root mean square of the frame's sound, 0–1. Times ascend from 0.
        """
        elapsed = max(0.0, seconds - self._last)
        self._last = seconds
        level = self._voice.level(seconds, loudness)
        wanted = 1.0 if self._voice.speaks(seconds) else 0.0
        self._talk = wanted + (self._talk - wanted) * math.exp(-elapsed / _TALK_TAU_S)
        fade = smoothstep(seconds / _FADE_S)
        pitch, yaw, roll = (fade * self._sway(axis, seconds) for axis in range(3))
        pitch += fade * (_BREATH_DEGREES * self._fullness(seconds) - self._nods.angle(seconds, level))
        pose = HeadPose(*(limited(a + b) for a, b in zip((pitch, yaw, roll), self._style, strict=True)))
        turn_eyes(weights, self._gaze[0] * _GAZE[0] - pose.yaw, self._gaze[1] * _GAZE[1] - pose.pitch)
        return pose

    def _sway(self, axis: int, seconds: float) -> float:
        phases = self._phases[axis]
        slow = _waves(_SLOW, phases[: len(_SLOW)], seconds)
        fast = _waves(_FAST, phases[len(_SLOW) :], seconds)
        return _REST[axis] * slow + _TALK[axis] * self._talk * (slow + fast) / 2

    def _fullness(self, seconds: float) -> float:
        """Returns how full the chest is, 0–1; no two breaths take equally long."""
        turns = seconds / _BREATH_S + self._breath[0] / (2 * math.pi)
        turns += _BREATH_VARIES * math.sin(2 * math.pi * seconds * _SLOW[0] + self._breath[1])
        share = turns % 1.0
        if share < _INHALE:
            return smoothstep(share / _INHALE)
        return 1 - smoothstep((share - _INHALE) / (1 - _INHALE))


class _Voice:
    """Measures loudness relative to that of the voice so far."""

    _FLOOR, _PEAK_TAU_S = 0.004, 30.0

    def __init__(self) -> None:
        self._peak, self._last, self._heard = 0.05, 0.0, -math.inf

    def level(self, seconds: float, loudness: float) -> float:
        self._peak = max(self._peak * math.exp((self._last - seconds) / self._PEAK_TAU_S), loudness, 0.02)
        self._last = seconds
        if loudness > max(0.01, 0.08 * self._peak):
            self._heard = seconds
        return 0.0 if loudness < self._FLOOR else float(min(1.0, loudness / self._peak) ** 0.7)

    def speaks(self, seconds: float) -> bool:
        return seconds - self._heard < _HOLD_S


class _Nods:
    """Nods after stressed syllables: the stream cannot look ahead to nod on them."""

    _WINDOW_S, _LOUD, _PROMINENT, _APART_S = 0.4, 0.5, 0.12, 0.7
    _LEAST, _GROWTH, _MOST = 0.8, 6.0, 3.0
    _DOWN_S, _UP_S = 0.18, 0.38

    def __init__(self) -> None:
        self._levels: deque[tuple[float, float]] = deque()
        self._nods: deque[tuple[float, float]] = deque(maxlen=2)

    def angle(self, seconds: float, level: float) -> float:
        """Returns the degrees downwards."""
        self._levels.append((seconds, level))
        while self._levels[0][0] < seconds - self._WINDOW_S:
            self._levels.popleft()
        prominence = level - sum(each for _, each in self._levels) / len(self._levels)
        last = self._nods[-1][0] if self._nods else -math.inf
        if level >= self._LOUD and prominence >= self._PROMINENT and seconds - last >= self._APART_S:
            size = self._LEAST + self._GROWTH * (prominence - self._PROMINENT)
            self._nods.append((seconds, min(self._MOST, size)))
        return sum(size * self._curve(seconds - start) for start, size in self._nods)

    def _curve(self, since: float) -> float:
        return smoothstep(since / self._DOWN_S) * (1 - smoothstep((since - self._DOWN_S) / self._UP_S))


def turn_eyes(weights: NDArray[np.float32], left: float, up: float) -> None:
    """Adds degrees to the gaze of both eyes, within their comfortable range."""
    for towards, back in (("OutLeft", "InLeft"), ("InRight", "OutRight")):
        _turn(weights, towards, back, left, _EYE_LEFT)
    for side in ("Left", "Right"):
        _turn(weights, f"Up{side}", f"Down{side}", up, _EYE_UP)


def _turn(weights: NDArray[np.float32], towards: str, back: str, degrees: float, most: float) -> None:
    one, other = arkit.INDEX[f"eyeLook{towards}"], arkit.INDEX[f"eyeLook{back}"]
    before = float(weights[one] - weights[other]) * _EYE_DEGREES
    most = max(most, abs(before))
    angle = min(most, max(-most, before + degrees)) / _EYE_DEGREES
    weights[one], weights[other] = min(1.0, max(0.0, angle)), min(1.0, max(0.0, -angle))


def limited(degrees: float) -> float:
    """Returns an angle that approaches LIMIT smoothly."""
    size = abs(degrees)
    if size <= _FREE:
        return degrees
    room = LIMIT - _FREE
    return math.copysign(_FREE + room * math.tanh((size - _FREE) / room), degrees)


def smoothstep(share: float) -> float:
    """Returns a smooth step from 0 to 1."""
    x = min(1.0, max(0.0, share))
    return x * x * (3 - 2 * x)


def _waves(frequencies: Sequence[float], phases: Sequence[float], seconds: float) -> float:
    """Returns a sum of sine waves within ±1; slower ones have larger amplitudes."""
    sizes = [frequencies[0] / each for each in frequencies]
    waves = zip(sizes, frequencies, phases, strict=True)
    total = sum(size * math.sin(2 * math.pi * hertz * seconds + phase) for size, hertz, phase in waves)
    return total / sum(sizes)


def _share(random: RandomStream) -> float:
    return random.below(2**24) / 2**24
