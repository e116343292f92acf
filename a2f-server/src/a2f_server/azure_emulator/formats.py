"""The sound formats that can be asked for: uncompressed, mono, 16 bits."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

import numpy as np

from a2f_server.audio.pcm import Samples, floats
from a2f_server.audio.resample import Resampler

RATES = {"8khz": 8000, "16khz": 16000, "22050hz": 22050, "24khz": 24000, "44100hz": 44100, "48khz": 48000}
_NAME = re.compile(r"(raw|riff)-([0-9]+k?hz)-16bit-mono-pcm")
_UNKNOWN = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """What the client wants to hear: Hz, and whether a wav header comes first (SDKs add it themselves)."""

    rate: int
    riff: bool = False

    @classmethod
    def named(cls, name: str) -> AudioFormat:
        """`raw-24khz-16bit-mono-pcm` and its like; raises ValueError with a sentence for all others."""
        found = _NAME.fullmatch(name)
        if not found or found[2] not in RATES:
            raise ValueError(f"Unsupported output format {name!r}: this emulator has raw or riff, 16 bits, mono")
        return cls(RATES[found[2]], riff=found[1] == "riff")

    def head(self) -> bytes:
        """The wav header of a stream whose length nobody knows yet, or nothing."""
        if not self.riff:
            return b""
        kind = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, self.rate, 2 * self.rate, 2, 16)
        return struct.pack("<4sI4s", b"RIFF", _UNKNOWN, b"WAVE") + kind + struct.pack("<4sI", b"data", _UNKNOWN)


def converted(pcm: bytes, source: int, target: int) -> bytes:
    """Mono s16le of one rate → of another, Hz."""
    if source == target:
        return pcm
    resampler = Resampler(source, target)
    sound = np.concatenate([resampler.feed(floats(np.frombuffer(pcm, "<i2"))), resampler.finish()])
    return s16le(sound)


def s16le(sound: Samples) -> bytes:
    """Floats in [−1, 1] → little-endian 16 bits; what is beyond is clipped."""
    return bytes(np.rint(np.clip(sound * 32768, -32768, 32767)).astype("<i2").tobytes())
