"""The prosody of one utterance's audio over time, for processors that follow the voice."""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from itertools import islice

import numpy as np

from a2f_server.arrays import Float64Array
from a2f_server.audio.pcm import floats
from a2f_server.audio.prosody import HZ, measures, step_samples
from a2f_server.audio.sample_buffer import SampleBuffer

STEPS = 16
"""Steps of `prosody.measures` in a block, 640 ms: measuring several at once costs little more than one."""


class VoiceTrack:
    """Blocks of `STEPS` steps on the audio's own grid, so that chunks and batches make no difference."""

    def __init__(self, rate: int, ahead: Fraction, *, keep: bool = False) -> None:
        """`ahead`: seconds of audio that the model has had after a frame's instant; `keep`: forgets nothing."""
        self._rate, self._keep = rate, keep
        self._ahead, self._part = ahead.numerator, ahead.denominator
        self._samples = STEPS * step_samples(rate)
        self._blocks: deque[Float64Array] = deque()
        self._forgotten = 0
        self.measured = 0
        """Blocks that have been measured: those whose audio is there."""
        self.needed_from = 0
        """The first sample that has not been measured yet."""

    def hear(self, line: SampleBuffer, stop: int) -> None:
        """Measures all blocks that end at or before sample `stop`."""
        raw = []
        while self.needed_from + self._samples <= stop:
            raw.append(line.read(self.needed_from, self.needed_from + self._samples))
            self.measured += 1
            self.needed_from = self.measured * STEPS * self._rate // HZ
        if raw:
            steps = floats(np.frombuffer(b"".join(raw), line.dtype)).reshape(len(raw) * STEPS, -1)
            self._blocks.extend(measures(steps, self._rate).reshape(len(raw), STEPS, -1))

    def heard(self, frame: int, fps: int) -> int:
        """Returns how many blocks have been heard at the instant of a frame."""
        heard = (frame * self._part + self._ahead * fps) * HZ // (fps * self._part * STEPS)
        return heard if heard > 0 else 0

    def blocks(self, first: int, stop: int) -> list[Float64Array]:
        """Returns blocks `first` … `stop − 1`, `[STEPS, 4]` each, which have been heard and not been forgotten."""
        return list(islice(self._blocks, first - self._forgotten, stop - self._forgotten))

    def forget(self, frame: int, fps: int) -> None:
        """Drops the blocks that have been heard at this frame."""
        if self._blocks and not self._keep:
            for _ in range(self.heard(frame, fps) - self._forgotten):
                self._blocks.popleft()
                self._forgotten += 1
