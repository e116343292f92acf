"""PCM messages of any length → mono float32 samples."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from a2f_server.errors import BadAudio

Samples = NDArray[np.float32]
Encoding = Literal["pcm_s16le", "pcm_f32le"]

ENCODINGS: tuple[Encoding, ...] = ("pcm_s16le", "pcm_f32le")

_S16_UNIT = np.float32(1 / 32768)
_WIDTH: dict[Encoding, int] = {"pcm_s16le": 2, "pcm_f32le": 4}


class PcmDecoder:
    """Cuts a byte stream into samples; a message may end within a sample or between channels.

    Channels are interleaved and mixed by their mean. s16 is divided by 32768 (exact in float32, also
    after the mean of two channels); floats beyond ±1 are clipped, NaN and infinity raise BadAudio.
    """

    def __init__(self, encoding: Encoding, channels: int = 1) -> None:
        self.encoding: Encoding = encoding
        self.channels = channels
        self.stride = _WIDTH[encoding] * channels
        self._rest = b""

    def decode(self, data: bytes) -> Samples:
        """The samples that these bytes complete, `[n]`."""
        if self._rest:
            data = self._rest + data
        whole = len(data) - len(data) % self.stride
        self._rest = data[whole:]
        if self.encoding == "pcm_s16le":
            samples = np.multiply(np.frombuffer(data, "<i2", whole // 2), _S16_UNIT, dtype=np.float32)
        else:
            samples = clipped(np.frombuffer(data, "<f4", whole // 4))
        return mixed(samples.reshape(-1, self.channels)) if self.channels > 1 else samples

    def finish(self) -> None:
        """Raises BadAudio when half a sample is left over."""
        if self._rest:
            raise BadAudio(
                f"the audio ends within a sample: {len(self._rest)} bytes of {self.stride} are left over; "
                f"is it really {self.encoding} with {self.channels} channel(s)?"
            )


def clipped(samples: Samples) -> Samples:
    """Floats limited to ±1; raises BadAudio on NaN or infinity."""
    if not np.isfinite(samples).all():
        raise BadAudio("the audio contains NaN or infinite values; send finite floats between -1 and 1")
    return np.clip(samples, np.float32(-1), np.float32(1))


def mixed(frames: Samples) -> Samples:
    """`[n, channels]` → `[n]`, the mean over channels, added left to right so that it is the same everywhere."""
    total = frames[:, 0].copy()
    for channel in range(1, frames.shape[1]):
        total += frames[:, channel]
    return total / np.float32(frames.shape[1])
