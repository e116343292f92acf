"""Frames of weights on their way from the model to a client."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from a2f_server.arrays import UInt16Array, Weights
from a2f_server.clip import quantise
from a2f_server.frameclock import native_position


@dataclass(frozen=True, slots=True)
class Frames:
    """Consecutive frames from number `first` on: `values[n, 52]` u16, weight = value / 65535."""

    first: int
    values: UInt16Array

    def __len__(self) -> int:
        return len(self.values)


FloatFrames = tuple[int, Weights]
"""The number of the first frame, and float weights `[n, 52]` that still have to be clamped and rounded."""


class NativeFrames:
    """A sliding window over the model's own frames, interpolated to the requested frame rate."""

    def __init__(self) -> None:
        self.stop = 0
        """Native frames received, warm-up frames excluded."""
        self._computed = 0
        self._kept = np.empty((0, 52), np.float32)

    def append(self, weights: Weights, lead: int) -> None:
        """Adds the model's next frames. The first `lead` of an utterance are warm-up and are dropped."""
        fresh = weights if self._computed >= lead else weights[lead - self._computed :]
        self._computed += len(weights)
        self._kept = np.concatenate([self._kept, fresh]) if len(self._kept) else fresh
        self.stop += len(fresh)

    def between(self, first: int, stop: int, fps: int, frame_rate: int) -> Weights:
        """Returns frames `first` … `stop − 1` at `fps`, linearly interpolated, and drops what lies before them."""
        base = self.stop - len(self._kept)
        out: Weights
        if fps == frame_rate and first == base and stop == self.stop:
            out, self._kept = self._kept, self._kept[:0]
            return out
        if fps == frame_rate:
            out, self._kept = self._kept[first - base : stop - base], self._kept[stop - base :]
            return out
        positions = [native_position(i, fps, frame_rate) for i in range(first, stop)]
        low = np.array([index for index, _ in positions]) - base
        share = np.array([rest.numerator / rest.denominator for _, rest in positions], np.float32)[:, None]
        high = np.minimum(low + 1, len(self._kept) - 1)
        out = self._kept[low] + (self._kept[high] - self._kept[low]) * share
        self._kept = self._kept[low[-1] :]
        return out


def quantise_frames(parts: Sequence[FloatFrames]) -> list[Frames]:
    """Clamps and rounds the frames of many utterances in one operation."""
    values = quantise(np.concatenate([weights for _, weights in parts]))
    out, at = [], 0
    for first, weights in parts:
        out.append(Frames(first, values[at : at + len(weights)]))
        at += len(weights)
    return out
