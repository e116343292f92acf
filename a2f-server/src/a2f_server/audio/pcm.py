"""Decodes PCM messages of any length to mono samples."""

from __future__ import annotations

from typing import Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from a2f_server.arrays import Samples
from a2f_server.audio.g711 import A_LAW, MU_LAW
from a2f_server.audio.stereo import CANCELLED, Channel, StereoMixer
from a2f_server.errors import BadAudio

Encoding = Literal["pcm_s16le", "pcm_f32le", "mulaw", "alaw"]

ENCODINGS: tuple[Encoding, ...] = get_args(Encoding)

FAINTEST = np.float32(2**-40)
"""Far below the last bit of 24-bit audio. Decoders fill silence with fainter values, whose products are denormal
numbers: models took six times as long for them."""

_S16 = np.dtype("<i2")
_S16_UNIT = np.float32(1 / 32768)
_WIDTH: dict[Encoding, int] = {"pcm_s16le": 2, "pcm_f32le": 4, "mulaw": 1, "alaw": 1}
_CODES = {"mulaw": MU_LAW, "alaw": A_LAW}


class PcmDecoder:
    """Splits a byte stream into samples. A message may end within a sample or between channels.

    Mono s16 stays int16, and G.711 (g711.py) becomes that. Everything else becomes float32: s16 is divided by 32768
    (exact), interleaved channels are mixed (stereo.py), floats are clipped to ±1, and NaN and infinity raise BadAudio.
    """

    def __init__(self, encoding: Encoding, channels: int = 1, channel: Channel = "mix") -> None:
        self.encoding: Encoding = encoding
        self.channels = channels
        self.stride = _WIDTH[encoding] * channels
        self._rest = b""
        self._mixer = StereoMixer(channels, channel)

    @property
    def warning(self) -> str | None:
        """The warning about this audio, None if there is none."""
        return CANCELLED if self._mixer.cancelled else None

    def decode(self, data: bytes) -> NDArray[np.int16] | Samples:
        """Returns the mono samples `[n]` that these bytes complete."""
        if self._rest:
            data = self._rest + data
        if over := len(data) % self.stride:
            data, self._rest = data[:-over], data[-over:]
        else:
            self._rest = b""
        samples = self._samples(data)
        return samples if self.channels == 1 else self._mixer.mix(floats(samples).reshape(-1, self.channels))

    def _samples(self, data: bytes) -> NDArray[np.int16] | Samples:
        if self.encoding == "pcm_f32le":
            return clipped(np.frombuffer(data, "<f4"))
        if self.encoding == "pcm_s16le":
            return np.frombuffer(data, _S16)
        return _CODES[self.encoding][np.frombuffer(data, np.uint8)]

    def finish(self) -> None:
        """Raises BadAudio if part of a sample is left over."""
        if self._rest:
            raise BadAudio(
                f"the audio ends within a sample: {len(self._rest)} bytes of {self.stride} are left over; "
                f"is it really {self.encoding} with {self.channels} channel(s)?"
            )


def floats(samples: NDArray[np.int16] | Samples) -> Samples:
    """Converts int16 to float32 in [−1, 1), exactly. Returns float32 unchanged."""
    if samples.dtype == np.float32:
        return cast(Samples, samples)
    scaled: Samples = np.multiply(samples, _S16_UNIT, dtype=np.float32)
    return scaled


def clipped(samples: Samples) -> Samples:
    """Clips to ±1, and sets what is below FAINTEST to 0. Raises BadAudio on NaN or infinity."""
    if not np.isfinite(samples).all():
        raise BadAudio("the audio contains NaN or infinite values; send finite floats between -1 and 1")
    clipped: Samples = np.clip(samples, np.float32(-1), np.float32(1))
    clipped[np.abs(clipped) < FAINTEST] = 0
    return clipped
