"""Mixes stereo to mono, or picks a channel."""

from __future__ import annotations

from typing import Literal, cast

import numpy as np

from a2f_server.arrays import Samples

Channel = Literal["mix", "left", "right"]
"""The channels of stereo audio to animate: their mean, or one of them, as in the recording of a call."""

CANCELLED = (
    "the two channels of this audio cancel each other, so only the left one is animated; name the channel left or right"
)

_WINDOW = 1024
"""Frames after which the mixer decides again whether the channels cancel."""
_KEPT = 0.95
"""Share of the earlier energy that still counts after another window."""
_OPPOSITE = 0.05
"""Energy of the mean, as a share of that of the channels, below which they cancel: 1 for equal channels, 0.5 for
unrelated ones, 0 for opposite ones."""


class StereoMixer:
    """Takes frames of one or two channels, and gives mono samples, the same for any chunking.

    Channels of opposite polarity, as from a miswired balanced cable, sound loud, but their mean is silence. Whether a
    window's channels cancel is decided by the windows before it, so nothing waits.
    """

    def __init__(self, channels: int, channel: Channel = "mix") -> None:
        self.cancelled = False
        """True once the channels cancelled."""
        self._only = 0 if channels == 1 else {"mix": None, "left": 0, "right": 1}[channel]
        self._window: list[Samples] = []
        self._filled = 0
        self._energy = self._energy_of_mean = 0.0
        self._opposite = False

    def mix(self, frames: Samples) -> Samples:
        """Returns the mono samples of `[n, channels]`."""
        if self._only is not None:
            return np.ascontiguousarray(frames[:, self._only])
        out = []
        while len(frames):
            part, frames = np.split(frames, [_WINDOW - self._filled])
            out.append(part[:, 0] if self._opposite else _mean(part))
            self._listen(part)
        return np.concatenate(out) if out else np.empty(0, np.float32)

    def _listen(self, frames: Samples) -> None:
        self._window.append(frames)
        self._filled += len(frames)
        if self._filled == _WINDOW:
            self._decide(np.concatenate(self._window))
            self._window, self._filled = [], 0

    def _decide(self, window: Samples) -> None:
        self._energy = _KEPT * self._energy + float(np.square(window, dtype=np.float64).sum()) / 2
        mean = float(np.square(_mean(window), dtype=np.float64).sum())
        self._energy_of_mean = _KEPT * self._energy_of_mean + mean
        self._opposite = self._energy_of_mean < _OPPOSITE * self._energy
        self.cancelled |= self._opposite


def _mean(frames: Samples) -> Samples:
    return cast(Samples, (frames[:, 0] + frames[:, 1]) / np.float32(2))
