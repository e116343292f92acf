"""Estimates how lively, tense or subdued a voice sounds, from its prosody over the last seconds.

Pitch movement and tempo are compared with read speech in 60 languages; level, brightness and pitch only with the same
voice before, since they depend on the speaker and the microphone.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from math import pi
from operator import mul
from typing import NamedTuple

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


Steps = list[float]
"""A measure in each of STEPS steps. Lists, since numpy takes longer to begin an operation than to add eight numbers."""


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
        level, bright, voicing, pitch = block.T.tolist()
        self._loudest = max(*level, self._loudest - _FALL, _FLOOR)
        heard = [ramp(x - self._loudest + _RANGE, -5, 5) * ramp(x - _FLOOR, 0, 10) for x in level]
        voiced = [share * ramp(x, 0.3, 0.5) for share, x in zip(heard, voicing, strict=True)]
        self._present_before, self._present = self._present, min(1.0, 2 * (_total(heard) / STEPS))
        lowest = self._loudest - _RANGE
        self._follow_level([max(x, lowest) for x in level])
        if total := _total(voiced):
            self._follow_voice(level, bright, self._without_octaves(pitch), voiced, total)
        return self._style()

    def _follow_voice(self, level: Steps, bright: Steps, pitch: Steps, voiced: Steps, total: float) -> None:
        means = [_total(map(mul, voiced, values)) / total for values in (level, bright, pitch)]
        for change, mean in zip(self._effort, means, strict=True):
            change.add(mean, total)
        self._pitch.add(means[2], total)
        middle = self._pitch.value
        away = [abs(x - middle) for x in pitch]
        self._movement.add(_total(map(mul, voiced, away)) / total, total)

    def _without_octaves(self, pitch: Steps) -> Steps:
        if self._pitch.count < _KNOWN[0]:
            return pitch
        usual = self._pitch.value
        return [x - _OCTAVE if x - usual > _OFF else x + _OCTAVE if x - usual < -_OFF else x for x in pitch]

    def _follow_level(self, level: Steps) -> None:
        weight, rise = STEPS * self._present, 0.0
        for before, now in pairwise(level):
            if now > before:
                rise += now - before
        rise += max(0.0, level[0] - self._level)
        self._level = level[-1]
        self._middle.add(_total(level) / STEPS, weight)
        middle = self._middle.value
        self._spread.add(_total(abs(x - middle) for x in level) / STEPS, weight)
        self._rise.add(rise / STEPS, weight)

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


def _total(values: Iterable[float]) -> float:
    """Adds STEPS values. `sum` would give other bits in other versions of Python."""
    a, b, c, d, e, f, g, h = values
    return ((a + b) + (c + d)) + ((e + f) + (g + h))
