"""Estimates how lively, tense or subdued a voice sounds, from its prosody over the last seconds.

Pitch movement and tempo are compared with read speech in 60 languages; level, brightness and pitch only with the same
voice before, since they depend on the speaker and the microphone.
"""

from __future__ import annotations

from math import pi
from typing import NamedTuple

import numpy as np

from a2f_server.arrays import Float64Array
from a2f_server.audio.prosody import HZ

_MOVEMENT, _MOVEMENT_SPREAD = 2.0, 0.8
"""Mean distance of the pitch from its mean, semitones: median of read speech, and about its standard deviation."""
_TEMPO, _TEMPO_SPREAD = 2.6, 0.7
"""Rises and falls of the level per second; the same."""
_LOUDER, _BRIGHTER, _HIGHER = 4.0, 2.0, 3.0
"""dB, dB and semitones above the usual that count as one."""

_LATELY, _NOW, _USUALLY = 2 * HZ, HZ * 4 // 5, 10 * HZ
"""Steps of voice that running means reach back: 2, 0.8 and 10 s."""
_KNOWN = HZ * 3 // 5, HZ * 6 // 5
"""Steps of voice after which estimates begin to count, and count fully."""
_OCTAVE, _OFF = 12, 9
"""Semitones; pitches further than `_OFF` from the mean are taken for octave errors."""
STEPS = 8
"""Steps that `follow` takes: 320 ms."""
_FALL = STEPS / HZ
"""dB per call by which the remembered loudest level falls."""
_FLOOR, _RANGE = -65.0, 25.0
"""Level in dB below which nothing is voice, and how far below the loudest it still is."""
_SPEECH = 3, 5
"""Mean distance of the level from its mean, in dB, from which a sound counts as speech; that of tones is less."""
_LIVELY, _TENSE, _SUBDUED = (1.3, 3.2), (1.2, 3.2), (2.2, 4.2)
"""Values at which each begins and is full. Of 340 recordings of read speech, 5 % are over 0.12 lively on average."""


class VoiceStyle(NamedTuple):
    """0 to 1 each."""

    lively: float
    """Pitch moves far, words come fast: excitement."""
    tense: float
    """Louder, brighter and higher than the same voice before: raised or shouted."""
    subdued: float
    """Flat, slow, and quieter than before: tired or sad."""


CALM = VoiceStyle(0.0, 0.0, 0.0)


class SpeakingStyle:
    """The running measures of one voice."""

    def __init__(self) -> None:
        self._loudest = self._level = _FLOOR
        self._present = self._present_before = 0.0
        self._pitch, self._movement = RunningMean(_LATELY), RunningMean(_LATELY)
        self._middle, self._spread, self._rise = (RunningMean(_LATELY) for _ in range(3))
        self._effort = Change(_LOUDER), Change(_BRIGHTER), Change(_HIGHER)

    def follow(self, block: Float64Array) -> VoiceStyle:
        """Takes `[STEPS, 4]` of `prosody.measures`; returns the style so far."""
        level, bright, voicing, pitch = block.T
        self._loudest = max(level.max().item(), self._loudest - _FALL, _FLOOR)
        heard = _ramps(level - self._loudest + _RANGE, -5, 5) * _ramps(level - _FLOOR, 0, 10)
        voiced = heard * _ramps(voicing, 0.3, 0.5)
        self._present_before, self._present = self._present, min(1.0, 2 * heard.mean().item())
        self._follow_level(np.maximum(level, self._loudest - _RANGE))
        if total := voiced.sum().item():
            self._follow_voice(level, bright, self._without_octaves(pitch), voiced, total)
        return self._style()

    def _follow_voice(
        self, level: Float64Array, bright: Float64Array, pitch: Float64Array, voiced: Float64Array, total: float
    ) -> None:
        means = [(voiced * value).sum().item() / total for value in (level, bright, pitch)]
        for change, mean in zip(self._effort, means, strict=True):
            change.add(mean, total)
        self._pitch.add(means[2], total)
        self._movement.add((voiced * np.abs(pitch - self._pitch.value)).sum().item() / total, total)

    def _without_octaves(self, pitch: Float64Array) -> Float64Array:
        if self._pitch.count < _KNOWN[0]:
            return pitch
        away = pitch - self._pitch.value
        return pitch - _OCTAVE * ((away > _OFF).astype(np.float64) - (away < -_OFF))

    def _follow_level(self, level: Float64Array) -> None:
        weight = len(level) * self._present
        rise = np.maximum(level[1:] - level[:-1], 0).sum().item() + max(0.0, level.item(0) - self._level)
        self._level = level.item(-1)
        self._middle.add(level.mean().item(), weight)
        self._spread.add(np.abs(level - self._middle.value).mean().item(), weight)
        self._rise.add(rise / len(level), weight)

    @property
    def tempo(self) -> float:
        """Rises and falls of the level per second. A sine of f Hz and amplitude a rises 2 a f; its mean distance from
        the middle is 2 a / π."""
        return self._rise.value * HZ / (max(self._spread.value, 1.0) * pi)

    def _style(self) -> VoiceStyle:
        known = ramp(self._movement.count, *_KNOWN) * ramp(self._spread.value, *_SPEECH)
        known *= max(self._present, self._present_before)
        if known == 0:
            return CALM
        moving = (self._movement.value - _MOVEMENT) / _MOVEMENT_SPREAD
        fast = (self.tempo - _TEMPO) / _TEMPO_SPREAD
        louder, brighter, higher = (change.value for change in self._effort)
        tense = ramp(louder + brighter + higher / 2, *_TENSE)
        lively = ramp(moving + fast / 2 + louder / 2, *_LIVELY) * (1 - tense)
        return VoiceStyle(known * lively, known * tense, known * ramp(-(moving + fast + louder), *_SUBDUED))


class RunningMean:
    """The mean of all values at first, and of about the last `limit` ones later: older ones fade exponentially."""

    def __init__(self, limit: float) -> None:
        self.value = self.count = 0.0
        self._limit = limit

    def add(self, value: float, weight: float) -> None:
        """Adds the mean of values that count `weight` together."""
        if weight > 0:
            self.count = min(self.count + weight, self._limit)
            self.value += (value - self.value) * min(1.0, weight / self.count)


class Change:
    """Measures how far a value has lately been above what is usual, in units of `unit`."""

    def __init__(self, unit: float) -> None:
        self._unit, self._now, self._usual = unit, RunningMean(_NOW), RunningMean(_USUALLY)

    def add(self, value: float, weight: float) -> None:
        """Adds a value, as to a RunningMean."""
        self._now.add(value, weight)
        self._usual.add(value, weight)

    @property
    def value(self) -> float:
        """0: as usual."""
        return (self._now.value - self._usual.value) / self._unit


def ramp(x: float, low: float, high: float) -> float:
    """Returns 0 up to `low`, 1 from `high` on, and linearly between."""
    return min(1.0, max(0.0, (x - low) / (high - low)))


def _ramps(x: Float64Array, low: float, high: float) -> Float64Array:
    share: Float64Array = np.minimum(np.maximum((x - low) / (high - low), 0), 1)
    return share
