"""The windows of a network that takes whole recordings.

    | context | hop | overlap | ahead |

A window yields `hop` frames. The first `overlap` of them are cross-faded with frames that the previous window computed
beyond its own. Context and `ahead` only inform the network. Positions depend on the frame clock alone, so streaming
equals batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from a2f_server.arrays import Float32Array
from a2f_server.backends.contract import Layout

Rounding = Literal["ceil", "floor"]
"""The rounding of a network's number of frames, samples · frame_rate / sample_rate."""


@dataclass(frozen=True)
class WindowSizes:
    """Sizes in frames. Raises ValueError if they do not fit together."""

    sample_rate: int
    """Hz."""
    frame_rate: int
    """Frames per second of the network."""
    rounding: Rounding = "ceil"
    context: int = 30
    hop: int = 15
    overlap: int = 5
    ahead: int = 10

    def __post_init__(self) -> None:
        if not 0 <= self.overlap <= self.hop:
            raise ValueError("the overlap of windows must be 0 to hop frames")
        if self.context < 0 or self.hop < 1 or self.ahead < 1:
            raise ValueError("windows need a hop and at least one frame ahead; context cannot be negative")

    @property
    def needed(self) -> int:
        """Frames up to the end of the overlap."""
        return self.context + self.hop + self.overlap

    @property
    def total(self) -> int:
        """Frames of a window."""
        return self.needed + self.ahead

    def samples(self, frames: int) -> int:
        """Returns the samples for which the network yields exactly `frames` frames."""
        exact, rest = divmod(frames * self.sample_rate, self.frame_rate)
        return exact + (rest > 0 and self.rounding == "floor")

    def layout(self) -> Layout:
        """Returns the positions of the windows in the audio."""
        before = self.samples(self.context)
        return Layout(self.sample_rate, self.frame_rate, self.samples(self.total), hop=self.hop, before=before)

    def first_frame(self, window: int) -> int:
        """Returns the first frame of window number `window` that is not before the utterance."""
        return max(0, self.context - window * self.hop)

    def start(self, frame: int) -> int:
        """Returns the sample of a window at which its frame `frame` starts."""
        return self.samples(self.total) - self.samples(self.total - frame)

    def frame_at(self, sample: int) -> int:
        """Returns the frame that starts at or before a sample of a window."""
        return sample * self.frame_rate // self.sample_rate

    def cross_fade(self, frames: Float32Array, tail: Float32Array | None) -> Float32Array:
        """Blends the first frames `[hop, n]` of a window with the tail `[overlap, n]` of the previous one."""
        if tail is None or not len(tail):
            return frames
        rising = (np.arange(len(tail), dtype=np.float32) + 1)[:, None] / np.float32(len(tail) + 1)
        blended = frames.copy()
        blended[: len(tail)] = tail + rising * (frames[: len(tail)] - tail)
        return blended
