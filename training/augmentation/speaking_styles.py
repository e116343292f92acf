"""Ways of speaking that neither synthesisers nor read recordings have: shouting, falsetto, singing, laughing, emotions.

The spectral envelopes of an utterance get a new excitation, as in voice_conversion.py, and other times: a style
lengthens vowels, and the phones move along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.augmentation.voice_conversion import (
    BINS,
    HOP,
    RATE,
    SIZE,
    WINDOW,
    AnyArray,
    Samples,
    by_sample,
    envelopes,
    filtered,
    nepers,
    power,
    pulses_and_noise,
    voicedness,
    wander,
    with_formants_moved,
    with_power,
)
from training.phones import VOWELS, Phone

Range = tuple[float, float]
Clip = tuple[Samples, list[Phone]]
LEVEL = 800
"""Samples over which the level is kept."""
GLIDE = 0.04
"""Seconds from one note to the next."""
SCALE = (-5, -3, -1, 0, 2, 4, 5, 7, 9)
"""Semitones."""


@dataclass(frozen=True)
class Style:
    """Ranges that the values of an utterance are drawn from."""

    hertz: Range
    """Mean pitch."""
    melody: Range
    """Movement of the pitch to either side, in nepers."""
    vowels: Range
    """Length of vowels, relative to the original."""
    consonants: Range = (0.95, 1.1)
    formants: Range = (0.9, 1.12)
    tilt: Range = (0.0, 0.0)
    """Decibels per octave above 500 Hz."""
    breath: Range = (0.0, 0.2)
    tremor: Range = (0.0, 0.0)
    """Depth of the changes of level by breath pulses, 0–1, four to seven times a second."""
    dynamics: Range = (1.0, 1.0)
    """Exponent of the level: below 1 quiet parts get louder."""
    notes: bool = False
    """Whether every vowel has a note of its own, with vibrato."""


STYLES = {
    "shout": Style((180, 480), (0.1, 0.4), (1.0, 1.6), formants=(1.0, 1.15), tilt=(2, 5), dynamics=(0.5, 0.8)),
    "falsetto": Style((300, 680), (0.05, 0.3), (0.9, 1.4), formants=(0.95, 1.25), tilt=(-4, 0), breath=(0.1, 0.5)),
    "sing": Style((110, 440), (0.0, 0.02), (1.4, 3.0), (0.9, 1.3), dynamics=(0.6, 1.0), notes=True),
    "laugh": Style((150, 480), (0.1, 0.5), (0.9, 1.4), breath=(0.2, 0.7), tremor=(0.4, 0.9)),
    "joy": Style((140, 400), (0.3, 0.7), (0.8, 1.3), tilt=(0, 3)),
    "anger": Style((100, 320), (0.1, 0.5), (0.7, 1.1), (0.8, 1.1), tilt=(1, 4), dynamics=(0.7, 1.2)),
    "sorrow": Style((80, 300), (0.02, 0.12), (1.1, 1.8), (1.0, 1.4), tilt=(-4, -1), breath=(0.1, 0.6), tremor=(0, 0.3)),
    "fear": Style((180, 450), (0.1, 0.4), (0.7, 1.1), (0.8, 1.0), breath=(0.1, 0.5), tremor=(0.1, 0.4)),
}  # fmt: skip


def spoken_in(style: Style, speech: Samples, phones: Sequence[Phone], rng: np.random.Generator) -> Clip:
    """Returns the speech in a style, and its phones."""
    moved = _retimed(phones, style, rng)
    old = np.array([0.0, *(p.end for p in phones), len(speech) / RATE])
    new = np.array([0.0, *(p.end for p in moved), moved[-1].end + old[-1] - old[-2] if moved else old[-1]])
    samples = max(round(new[-1] * RATE), 1)
    hertz = _pitch(style, moved, samples, rng)
    frames = (samples + WINDOW + HOP) // HOP + 1
    centres = (np.arange(frames) * HOP - WINDOW / 2) / RATE
    at = np.clip((np.interp(centres, new, old) * RATE + WINDOW / 2) / HOP, 0, None)
    shape = _interpolated(envelopes(speech), at)
    voiced = _interpolated(voicedness(speech)[:, None], at)[:, 0]
    shape = with_formants_moved(shape, rng.uniform(*style.formants)) + nepers(_tilt(rng.uniform(*style.tilt)))
    excitation = pulses_and_noise(voiced, hertz, rng, rng.uniform(0, 0.2), rng.uniform(*style.breath))
    sound = filtered(excitation, shape)
    wanted = np.interp(
        np.interp(np.arange(samples) / RATE, new, old) * RATE, np.arange(len(speech)), power(speech, LEVEL)
    )
    return with_power(sound, _levels(style, wanted, by_sample(voiced, samples), rng), LEVEL), moved


def _retimed(phones: Sequence[Phone], style: Style, rng: np.random.Generator) -> list[Phone]:
    """Returns the phones with other lengths."""
    out, at = [], phones[0].start if phones else 0.0
    vowels, consonants = rng.uniform(*style.vowels), rng.uniform(*style.consonants)
    for phone in phones:
        factor = (vowels if phone.name in VOWELS else consonants) * np.exp(rng.uniform(-0.15, 0.15))
        end = at + (phone.end - phone.start) * factor
        out.append(Phone(phone.name, at, float(end)))
        at = float(end)
    return out


def _pitch(style: Style, phones: Sequence[Phone], samples: int, rng: np.random.Generator) -> AnyArray:
    """Returns the pitch at each sample, in hertz."""
    base = np.log(np.exp(rng.uniform(*np.log(style.hertz))))
    curve = base + rng.uniform(*style.melody) * wander(samples, rng, rng.uniform(1.5, 5))
    curve += rng.uniform(0, 0.02) * wander(samples, rng, 200)
    if style.notes:
        time = np.arange(samples) / RATE
        curve += _notes(phones, time, rng) + rng.uniform(0.005, 0.035) * np.sin(
            2 * np.pi * rng.uniform(4.5, 6.5) * time
        )
    return np.clip(np.exp(curve), 60, 750)


def _notes(phones: Sequence[Phone], time: AnyArray, rng: np.random.Generator) -> AnyArray:
    """Returns the distance of the notes from the keynote at each instant, in nepers."""
    knots, values = [0.0], [0.0]
    for phone in phones:
        if phone.name in VOWELS:
            knots += [max(phone.start - GLIDE / 2, knots[-1]), phone.start + GLIDE / 2]
            values += [values[-1], float(rng.choice(SCALE)) * np.log(2) / 12]
    return np.interp(time, knots, values)


def _tilt(decibels: float) -> AnyArray:
    octaves = np.log2(np.maximum(BINS * RATE / SIZE, 125) / 500)
    return np.asarray(decibels * np.clip(octaves, -1, 3.5), np.float32)


def _interpolated(rows: AnyArray, at: AnyArray) -> AnyArray:
    """Returns rows at fractional positions."""
    low = np.minimum(at.astype(int), len(rows) - 1)
    high, share = np.minimum(low + 1, len(rows) - 1), (at - low)[:, None].astype(np.float32)
    return np.asarray(rows[low] * (1 - np.minimum(share, 1)) + rows[high] * np.minimum(share, 1))


def _levels(style: Style, wanted: AnyArray, voiced: AnyArray, rng: np.random.Generator) -> AnyArray:
    """Returns the power at each sample: compressed or expanded, with breath pulses where it is voiced."""
    top = wanted.max(initial=1e-12)
    levels = top * (wanted / top) ** rng.uniform(*style.dynamics)
    phase = rng.uniform(0, 6.28) + np.cumsum(rng.uniform(4, 7) * np.exp(0.2 * wander(len(wanted), rng, 3))) * (
        6.283 / RATE
    )
    return np.asarray(levels * (1 - rng.uniform(*style.tremor) * voiced * (0.5 + 0.5 * np.sin(phase))))
