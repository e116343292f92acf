"""Decodes audio files to mono float32, and stops as soon as they exceed the time limit."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import soundfile

from a2f_server.audio.containers import check, promised_mp3_samples
from a2f_server.audio.pcm import Samples, clipped, mixed
from a2f_server.errors import BadAudio, TooLong, UnsupportedAudio

RATES = range(8000, 192001)
"""Supported sample rates of files in Hz. Studio recordings exceed those of streams."""

_BLOCK = 1 << 16
_MP3_SLACK = 4 * 1152
"""Decoders drop an mp3's encoder delay and padding; a truncated file lacks more."""


@dataclass(frozen=True)
class DecodedAudio:
    """A decoded file: mono samples in [−1, 1] and their rate in Hz."""

    samples: Samples
    sample_rate: int


def decode_file(data: bytes, max_seconds: float) -> DecodedAudio:
    """Decodes wav, flac, ogg or mp3 bytes. Blocking: call it off the event loop.

    Raises UnsupportedAudio (container, rate, channels), BadAudio (undecodable, provably truncated, NaN, empty) and
    TooLong, which is raised while decoding: hours of silence in a small FLAC cost no more than the limit.
    """
    check(data)
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            _check_format(file)
            samples = _read(file, int(max_seconds * file.samplerate))
            promised = _promised(file, data)
            rate = int(file.samplerate)
    except soundfile.LibsndfileError as error:
        raise BadAudio(f"the audio file cannot be decoded: {error.error_string}") from None
    _check_length(len(samples), promised)
    return DecodedAudio(samples, rate)


def _check_format(file: soundfile.SoundFile) -> None:
    if file.samplerate not in RATES:
        raise UnsupportedAudio(f"a sample rate of {file.samplerate} Hz is not supported; resample to 8000-192000 Hz")
    if file.channels > 2:
        raise UnsupportedAudio(f"{file.channels} channels are not supported; mix them to mono or stereo")


def _read(file: soundfile.SoundFile, limit: int) -> Samples:
    blocks: list[Samples] = []
    size = 0
    while len(block := file.read(_BLOCK, dtype="float32", always_2d=True)):
        size += len(block)
        if size > limit:
            raise TooLong(f"the audio is longer than the {limit / file.samplerate:g} s that this server accepts")
        blocks.append(mixed(clipped(block)))
    return np.concatenate(blocks) if blocks else np.empty(0, np.float32)


def _promised(file: soundfile.SoundFile, data: bytes) -> int | None:
    if file.format == "FLAC":
        return int(file.frames)
    if file.format in ("MP3", "MPEG") and (promised := promised_mp3_samples(data)) is not None:
        return promised - _MP3_SLACK
    return None


def _check_length(samples: int, promised: int | None) -> None:
    if promised is not None and samples < promised:
        raise BadAudio(f"the audio file should have {promised} samples but has {samples}: it was cut")
    if not samples:
        raise BadAudio("the audio file has no samples")
