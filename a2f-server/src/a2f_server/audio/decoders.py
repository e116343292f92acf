"""The libraries that decode: libsndfile in every installation, FFmpeg (PyAV) where the extra `media` is installed."""

from __future__ import annotations

from typing import Protocol, cast

import soundfile

from a2f_server.arrays import Samples
from a2f_server.audio.av_decoder import AvDecoder, is_installed
from a2f_server.audio.byte_range import ByteRange
from a2f_server.audio.containers import SENT, Container
from a2f_server.errors import BadAudio, UnsupportedAudio

_BLOCK = 1 << 15
"""Frames of a block: large enough to cost little, small enough for many files to take turns."""
_UNKNOWN = 1 << 40
"""libsndfile's count of frames if it knows none is near 2**63."""


class Decoder(Protocol):
    """A file that is being decoded. Everything but the attributes may raise BadAudio."""

    sample_rate: int
    """Hz."""
    channels: int
    frames: int | None
    """Frames of the whole file if its header states them."""

    def read(self) -> Samples:
        """Returns the next frames `[n, channels]`, none at the end."""

    def close(self) -> None:
        """Frees it."""


def open_decoder(container: Container, source: ByteRange) -> Decoder:
    """Opens a file. Raises BadAudio, or UnsupportedAudio if the library for it is not installed."""
    with_av = is_installed()
    if container.library == "av" and not with_av:
        raise UnsupportedAudio(
            f"this is {container.name}; send {SENT}, or let the server read it: pip install 'a2f-server[media]'"
        )
    if container.library == "av":
        return AvDecoder(source, container.demuxer, _BLOCK)
    try:
        return _SndfileDecoder(source, container.name)
    except soundfile.LibsndfileError as error:
        if with_av:
            source.seek(0)
            return AvDecoder(source, container.demuxer, _BLOCK)
        raise _undecodable(error) from None


class _Forward(soundfile.SoundFile):  # type: ignore[misc] # soundfile has no types
    """Reads without seeking after each block, which fails at the end of a FLAC that states no length."""

    def seekable(self) -> bool:
        return False


class _SndfileDecoder:
    def __init__(self, source: ByteRange, container: str) -> None:
        self._file = _Forward(source)
        self.sample_rate, self.channels = int(self._file.samplerate), int(self._file.channels)
        # the count of an mp3 without a Xing header is a guess
        self.frames = int(self._file.frames) if self._file.frames < _UNKNOWN and container != "mp3" else None
        self._stated = self.frames if container == "flac" and self.frames else None
        self._read = 0

    def read(self) -> Samples:
        try:
            block = self._file.read(_BLOCK, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            raise _undecodable(error) from None
        self._read += len(block)
        if not len(block) and self._stated and self._read < self._stated:
            raise BadAudio(f"the audio file should have {self._stated} samples but has {self._read}: it was cut")
        return cast(Samples, block)

    def close(self) -> None:
        self._file.close()


def _undecodable(error: soundfile.LibsndfileError) -> BadAudio:
    return BadAudio(f"the audio file cannot be decoded: {error.error_string}")
