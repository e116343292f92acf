"""Decodes the audio that arrives in parts, raw PCM or WAV, to mono s16le at one sample rate."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
import soxr

from a2f_server.arrays import Int16Array

SAMPLE_RATE = 24000
"""Sample rate of raw PCM from these services, and of what is decoded."""
MOST_HEADER_BYTES = 1 << 16
UNKNOWN_SIZE = 0x7FFF0000
"""Sizes from here on, and 0, are placeholders in a WAV file that is written while it is sent."""
FOREIGN = (b"ID3", b"OggS", b"fLaC", b"\x1aE\xdf\xa3", b"\xff\xfb", b"\xff\xf3", b"{", b"<!DOC", b"<html")
"""First bytes of answers that are neither PCM nor WAV."""


class NotDecodable(ValueError):
    """The answer is not audio that can be decoded; the message says what it is."""


class AudioDecoder:
    """Decodes one answer."""

    def __init__(self) -> None:
        self._left = b""
        self._format: _WavFormat | None = None
        self._begun = False
        self._size: int | None = None
        """Bytes of a WAV file's audio that are still to come; None if unknown."""
        self._resampler: soxr.ResampleStream | None = None

    def feed(self, data: bytes) -> bytes:
        """Returns the audio that the next part completes. Raises NotDecodable."""
        self._left += data
        if not self._begun and not self._begin():
            return b""
        width = 2 * (self._format.channels if self._format else 1)
        whole = len(self._left) // width * width
        if self._size is not None:
            whole = min(whole, self._size // width * width)
            self._size -= whole
        taken, self._left = self._left[:whole], self._left[whole:]
        if self._size == 0:
            self._left = b""  # chunks after the audio
        return self._converted(taken, last=False)

    def finish(self) -> bytes:
        """Returns the rest of the audio. Raises NotDecodable if it was shorter than its header says."""
        if not self._begun and self._left:
            self._check_foreign()
            if self._left.startswith(b"RIFF"):
                raise NotDecodable("a WAV file that breaks off")
            self._begun = True
            return self.feed(b"")
        if self._size:
            raise NotDecodable("a WAV file that breaks off")
        return self._converted(b"", last=True)

    def _begin(self) -> bool:
        """Reads the header of a WAV file; returns False while there is too little to tell."""
        if len(self._left) < 12:
            return False
        self._check_foreign()
        if not self._left.startswith(b"RIFF"):
            self._begun = True
            return True
        header = _header(self._left)
        if header is None:
            if len(self._left) > MOST_HEADER_BYTES:
                raise NotDecodable("a WAV file without audio")
            return False
        self._format, at, size = header
        self._left, self._begun = self._left[at:], True
        self._size = size if 0 < size < UNKNOWN_SIZE else None
        if self._format.rate != SAMPLE_RATE:
            self._resampler = soxr.ResampleStream(self._format.rate, SAMPLE_RATE, 1, dtype="int16")
        return True

    def _check_foreign(self) -> None:
        if self._left.startswith(FOREIGN):
            raise NotDecodable("neither PCM nor WAV")

    def _converted(self, data: bytes, *, last: bool) -> bytes:
        samples: Int16Array = np.frombuffer(data, "<i2")
        if self._format and self._format.channels == 2:
            samples = np.rint(samples.reshape(-1, 2).mean(axis=1)).astype(np.int16)
        if self._resampler:
            samples = self._resampler.resample_chunk(samples.astype(np.int16), last)
        return samples.astype("<i2").tobytes()


class _WavFormat:
    """The format of a WAV file. Raises NotDecodable unless it is 16-bit PCM, mono or stereo."""

    def __init__(self, chunk: bytes) -> None:
        tag, self.channels, self.rate, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
        if tag not in {1, 0xFFFE} or bits != 16 or self.channels not in {1, 2} or not 8000 <= self.rate <= 192000:
            raise NotDecodable(f"a WAV file of {bits} bits, {self.channels} channels, {self.rate} Hz, not 16-bit PCM")


def _header(data: bytes) -> tuple[_WavFormat, int, int] | None:
    """Returns the format, and the position and size of the audio; None if the header is not complete."""
    if data[8:12] != b"WAVE":
        raise NotDecodable("neither PCM nor WAV")
    found: _WavFormat | None = None
    for name, at, size in _chunks(data):
        if name == b"data":
            if not found:
                raise NotDecodable("a WAV file without its format")
            return found, at, size
        if name == b"fmt " and len(data) >= at + 16:
            found = _WavFormat(data[at : at + 16])
    return None


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yields name, position and size of each chunk whose header has arrived."""
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], at + 8, size
        at += 8 + size + size % 2
