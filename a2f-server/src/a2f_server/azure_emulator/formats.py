"""Audio formats of the emulator: uncompressed, mono, 16 bits."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

import numpy as np

from a2f_server.arrays import Samples
from a2f_server.audio.pcm import floats
from a2f_server.audio.resample import Resampler

RATES = {"8khz": 8000, "16khz": 16000, "22050hz": 22050, "24khz": 24000, "44100hz": 44100, "48khz": 48000}
_NAME = re.compile(r"(raw|riff)-([0-9]+k?hz)-16bit-mono-pcm")
_UNKNOWN = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """Sample rate in Hz, and whether a wav header comes first (SDKs usually add it themselves)."""

    rate: int
    riff: bool = False

    @classmethod
    def named(cls, name: str) -> OutputFormat:
        """Parses a name such as `raw-24khz-16bit-mono-pcm`. Raises ValueError with an actionable message for others."""
        found = _NAME.fullmatch(name)
        if not found or found[2] not in RATES:
            raise ValueError(f"Unsupported output format {name!r}: the emulator has raw and riff, 16 bits, mono")
        return cls(RATES[found[2]], riff=found[1] == "riff")

    def header(self) -> bytes:
        """Returns the wav header of a stream of unknown length, b"" for raw formats."""
        if not self.riff:
            return b""
        kind = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, self.rate, 2 * self.rate, 2, 16)
        return struct.pack("<4sI4s", b"RIFF", _UNKNOWN, b"WAVE") + kind + struct.pack("<4sI", b"data", _UNKNOWN)


def resampled(pcm: bytes, source: int, target: int) -> bytes:
    """Resamples mono s16le from one rate to another, in Hz."""
    if source == target:
        return pcm
    resampler = Resampler(source, target)
    samples = np.concatenate([resampler.feed(floats(np.frombuffer(pcm, "<i2"))), resampler.finish()])
    return s16le(samples)


def s16le(samples: Samples) -> bytes:
    """Converts floats to s16le, clipped to [−1, 1]."""
    return bytes(np.rint(np.clip(samples * 32768, -32768, 32767)).astype("<i2").tobytes())
