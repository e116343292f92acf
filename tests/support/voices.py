"""Synthetic voices whose prosody is known: harmonics of a moving pitch, in syllables."""

from __future__ import annotations

import numpy as np

from a2f_server.arrays import Samples
from a2f_server.audio.prosody import measures, step_samples


def spoken(
    seconds: float,
    rate: int = 16000,
    *,
    pitch: float = 150.0,
    movement: float = 2.0,
    tempo: float = 3.0,
    level: float = 0.1,
    tilt: float = 2.0,
) -> Samples:
    """Returns a voice of `pitch` Hz that moves by `movement` semitones on average, `tempo` syllables a second.

    Harmonic k has the amplitude k^-tilt; `level` is the amplitude of the whole in the middle of a syllable.
    """
    times = np.arange(int(seconds * rate)) / rate
    semitones = movement * np.pi / 2 * np.sin(2 * np.pi * 0.6 * times)
    phase = 2 * np.pi * np.cumsum(pitch * 2 ** (semitones / 12)) / rate
    highest = pitch * 2 ** (movement * np.pi / 24)
    numbers = np.arange(1, int(0.45 * min(rate, 16000) / highest) + 1)
    voice = sum(k**-tilt * np.sin(k * phase + k) for k in numbers.tolist())
    syllables = 10 ** (-22 * np.cos(np.pi * tempo * times) ** 2 / 20)
    return (level * syllables * voice).astype(np.float32)


def prosody(sound: Samples, rate: int = 16000, per_block: int = 8) -> np.ndarray:
    """Returns the measures of whole blocks, `[blocks, per_block, 4]`."""
    size = step_samples(rate)
    count = len(sound) // (size * per_block) * per_block
    return measures(sound[: count * size].reshape(count, size), rate).reshape(-1, per_block, 4)
