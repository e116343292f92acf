"""Finds pauses in a window of audio, so that a network's input starts and ends in one instead of inside a word."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from a2f_server.arrays import Float64Array, Samples

FULL_SCALE = 32768.0
"""Thresholds are in units of 16-bit samples."""


@dataclass(frozen=True)
class Silence:
    """A pause: `window_s` seconds whose mean square is below `mean_square`, looked for every `hop_s` seconds."""

    mean_square: float = 1e4
    window_s: float = 0.1
    hop_s: float = 0.005

    def first(self, samples: Samples, start: int, stop: int, sample_rate: int) -> int | None:
        """Returns the middle of the first pause that lies within samples `start` … `stop − 1`, or None."""
        length = max(1, round(self.window_s * sample_rate))
        hop = max(1, round(self.hop_s * sample_rate))
        starts = np.arange(start, stop - length + 1, hop)
        if not len(starts):
            return None
        power = _cumulative(samples)
        quiet = (power[starts + length] - power[starts]) / length < self.mean_square
        return int(starts[quiet.argmax()]) + length // 2 if quiet.any() else None


def _cumulative(samples: Samples) -> Float64Array:
    """Returns the sum of squares before each sample, `[n]` → `[n + 1]`, in 16-bit units."""
    return np.concatenate([[0.0], np.cumsum((samples.astype(np.float64) * FULL_SCALE) ** 2)])
