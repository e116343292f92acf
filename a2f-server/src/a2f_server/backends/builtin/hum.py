"""Keeps a constant offset and hum out of the audio features.

They are inaudible, but the features are logarithms, so the little that a Hann window lets through counts: an offset of
0.1, or hum at 50 Hz, closed the mouth by a quarter. A filter before the features would need state and time. Here the
waves that measure the pitches are made orthogonal to hum, each within its frame.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from a2f_server.arrays import Float64Array

RUMBLE, MAINS = 25.0, (50.0, 60.0)
"""Frequencies to reject, in Hz. What lies between and around them is rejected with them."""
LOW, LEAKY = 95.0, 1000.0
"""Hz. Pitches below LOW are so close to hum that they only reject a constant and the mains: more would leave too little
of a voice. From LEAKY on, a Hann window lets nothing through."""
EDGES = 0.25
"""Share of a frame in which what is subtracted fades in and out."""
MOST_GAIN = 2.0


def removed(waves: Float64Array, pitches: Float64Array, rate: int) -> Float64Array:
    """Returns the waves `[frame, 2 · pitches]`, cosines and then sines at `rate` Hz, without their response to hum."""
    hz = np.tile(pitches, 2)
    out = waves.copy()
    for pitched, hums in ((hz < LOW, MAINS), ((hz >= LOW) & (hz < LEAKY), (RUMBLE, *MAINS))):
        free = _orthogonal(waves[:, pitched], hums, rate)
        out[:, pitched] = free * _gain(waves[:, pitched], free, hz[pitched], rate)
    return out


def _orthogonal(waves: Float64Array, hums: Sequence[float], rate: int) -> Float64Array:
    """Makes the waves orthogonal to a constant and to sines of these frequencies by the smallest possible change."""
    turns = _turns(len(waves), rate) * np.array(hums)
    unwanted = np.concatenate([np.ones((len(waves), 1)), np.cos(turns), np.sin(turns)], axis=1)
    tapered = _taper(len(waves))[:, None] * unwanted
    free: Float64Array = waves - tapered @ np.linalg.lstsq(unwanted.T @ tapered, unwanted.T @ waves, rcond=1e-12)[0]
    return free


def _gain(before: Float64Array, after: Float64Array, hz: Float64Array, rate: int) -> Float64Array:
    """Returns the factors that make up for what the waves lost at their own pitches, MOST_GAIN at most."""
    turns = _turns(len(before), rate) * hz[: len(hz) // 2]
    sines = np.concatenate([np.cos(turns), np.sin(turns)], axis=1)
    powers = [((waves * sines).sum(0) ** 2).reshape(2, -1).sum(0) for waves in (before, after)]
    return np.tile(np.minimum(np.sqrt(powers[0] / powers[1]), MOST_GAIN), 2)


def _turns(length: int, rate: int) -> Float64Array:
    """Returns the phase of 1 Hz in a frame, `[length, 1]`, 0 in the middle."""
    turns: Float64Array = 2 * np.pi * (np.arange(length) - (length - 1) / 2)[:, None] / rate
    return turns


def _taper(length: int) -> Float64Array:
    """Returns a window of ones with cosine edges (Tukey's): what is subtracted must not leak itself."""
    position = (np.arange(length) + 0.5) / length
    edge = np.minimum(position, 1 - position) * 2 / EDGES
    return np.where(edge < 1, 0.5 - 0.5 * np.cos(np.pi * edge), 1.0)
