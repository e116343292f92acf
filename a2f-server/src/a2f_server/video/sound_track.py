"""The audio of a video: resamples mono speech to one rate and cuts it at the times of the frames."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from a2f_server.arrays import Int16Array, Samples
from a2f_server.audio import resample
from a2f_server.audio.pcm import floats
from a2f_server.audio.sample_buffer import SampleBuffer

SOUND_RATE = 48000
"""Sample rate in Hz: the only one of Opus, and supported by every player for AAC."""


class SoundTrack:
    """Takes mono speech at `sample_rate` Hz and returns it at SOUND_RATE, one frame's worth at a time.

    Sample k is heard at k / SOUND_RATE seconds, as in the speech: the resampler's delay is compensated.
    """

    def __init__(self, sample_rate: int, fps: int) -> None:
        self._rate, self._fps = sample_rate, fps
        self._resampler = None if sample_rate == SOUND_RATE else resample.Resampler(sample_rate, SOUND_RATE)
        self._samples = SampleBuffer()
        self._taken = 0
        self._ended = False

    @property
    def lookahead(self) -> Fraction:
        """Worst-case seconds of audio needed after a frame's time: a frame's length and the resampler's delay."""
        return Fraction(1, self._fps) + resample.lookahead(self._rate, SOUND_RATE)

    def convert(self, samples: Int16Array | Samples) -> Samples:
        """Resamples speech for `add`. One thread at a time may call it; nothing else is used."""
        heard = floats(samples)
        return self._resampler.feed(heard) if self._resampler else heard

    def add(self, converted: Samples) -> None:
        """Appends what `convert` returned."""
        self._samples.append(converted)

    def end(self) -> None:
        """Marks the end of the speech: silence follows."""
        if self._resampler:
            self._samples.append(self._resampler.finish())
        self._ended = True

    def ready(self) -> bool:
        """Returns whether the audio of the next frame is available."""
        return self._ended or self._samples.total >= self._start(self._taken + 1)

    def take(self) -> Samples:
        """Returns the samples of the next frame, padded with silence after the end."""
        start, stop = self._start(self._taken), self._start(self._taken + 1)
        self._taken += 1
        raw = self._samples.read(start, stop)
        self._samples.forget(stop)
        return np.frombuffer(raw, np.float32) if self._samples.total else np.zeros(stop - start, np.float32)

    def _start(self, frame: int) -> int:
        """Returns the first sample that is heard while the frame is shown."""
        return frame * SOUND_RATE // self._fps
