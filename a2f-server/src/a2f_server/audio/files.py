"""Decodes audio files to mono float32, block by block, and stops as soon as they exceed the time limit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from a2f_server.arrays import Samples
from a2f_server.audio import chunk_sizes, joined, mp3
from a2f_server.audio.byte_range import ByteRange, FileBytes
from a2f_server.audio.containers import Container, identify
from a2f_server.audio.decoders import Decoder, open_decoder
from a2f_server.audio.pcm import clipped
from a2f_server.audio.resample import Resampler
from a2f_server.audio.stereo import CANCELLED, Channel, StereoMixer
from a2f_server.errors import BadAudio, TooLong, UnsupportedAudio

RATES = range(8000, 192001)
"""Supported sample rates of files in Hz. Studio recordings exceed those of streams."""

_MP3_SLACK = 4 * 1152
"""Decoders drop an mp3's encoder delay and padding; a truncated file lacks more."""

_MOST_PARTS = 1000
"""Complete files, one after another, that are taken for one."""


@dataclass(frozen=True)
class DecodedAudio:
    """A decoded file: mono samples in [−1, 1] and their rate in Hz."""

    samples: Samples
    sample_rate: int


class AudioFile:
    """An audio file in memory. Blocking: use it off the event loop.

    Iterate over it for blocks of mono samples, some of which are empty. That raises UnsupportedAudio (container, rate,
    channels), BadAudio (undecodable, provably truncated, NaN, empty), or TooLong as soon as the limit is passed: hours
    of silence in a small FLAC cost no more than a block. Files that follow in the same bytes are part of the sound; one
    with another sample rate is resampled.
    """

    def __init__(self, data: FileBytes, max_seconds: float, channel: Channel = "mix") -> None:
        """Opens the file; raises what iterating raises, as far as its header shows it."""
        self._data, self._max_seconds, self._channel = data, max_seconds, channel
        self._cancelled = False
        self._first: _Part | None = _Part(data, 0)
        self.sample_rate = self._first.decoder.sample_rate
        """Hz."""
        if (self._first.decoder.frames or 0) > self._limit:
            raise self._too_long()

    @property
    def stated_seconds(self) -> float | None:
        """Duration according to the first header, None if it is not stated; valid until the file is decoded."""
        frames = self._first.decoder.frames if self._first else None
        return frames / self.sample_rate if frames else None

    @property
    def warning(self) -> str | None:
        """The warning about this file, None if there is none; known once it is decoded."""
        return CANCELLED if self._cancelled else None

    def __iter__(self) -> Iterator[Samples]:
        total = 0
        for block in self._blocks():
            total += len(block)
            if total > self._limit:
                raise self._too_long()
            yield block
        if not total:
            raise BadAudio("the audio file has no samples")

    @property
    def _limit(self) -> int:
        return int(self._max_seconds * self.sample_rate)

    def _too_long(self) -> TooLong:
        return TooLong(f"the audio is longer than the {self._max_seconds:g} s that this server accepts")

    def _blocks(self) -> Iterator[Samples]:
        part, self._first = self._first, None
        for _ in range(_MOST_PARTS):
            assert part
            with closing(part.decoder):
                yield from self._resampled(part)
            if part.following is None:
                return
            yield np.empty(0, np.float32)  # a part may be empty, and thousands of them must not become one long step
            part = _Part(self._data, part.following)
        raise BadAudio(f"this file consists of more than {_MOST_PARTS} joined files")

    def _resampled(self, part: _Part) -> Iterator[Samples]:
        mixer = StereoMixer(part.decoder.channels, self._channel)
        blocks = (mixer.mix(clipped(block)) for block in part)
        if part.decoder.sample_rate == self.sample_rate:
            yield from blocks
        else:
            resampler = Resampler(part.decoder.sample_rate, self.sample_rate)
            yield from map(resampler.feed, blocks)
            yield resampler.finish()
        self._cancelled |= mixer.cancelled


class _Part:
    """One complete file within the bytes."""

    def __init__(self, data: FileBytes, start: int) -> None:
        self._data, self._start = data, start
        self._container: Container = identify(data if not start else data[start : start + 64])
        sizes = chunk_sizes.check(self._container.name, data, start)
        self._stop = joined.stop(self._container.name, data, start, sizes.stop)
        self._stated = mp3.stated_samples(data, start) if self._container.name == "mp3" else None
        added = b"" if self._container.name != "mp3" or self._stated else mp3.missing_header(data, start, self._stop)
        self._source = ByteRange(data, start + len(sizes.head), self._stop, sizes.head or added)
        self.decoder: Decoder = open_decoder(self._container, self._source)
        _check_format(self.decoder)

    @property
    def following(self) -> int | None:
        """The start of the next file, None if this is the last. Known once this one was decoded."""
        return joined.after(self._container.name, self._data, self._stop, self._source.reached)

    def __iter__(self) -> Iterator[Samples]:
        read = 0
        while len(block := self.decoder.read()):
            read += len(block)
            yield block
        if self._stated and read < self._stated - _MP3_SLACK:
            raise BadAudio(f"the audio file should have {self._stated} samples but has {read}: it was cut")


def decode_file(data: FileBytes, max_seconds: float, channel: Channel = "mix") -> DecodedAudio:
    """Decodes a whole file. Raises what AudioFile raises."""
    file = AudioFile(data, max_seconds, channel)
    return DecodedAudio(np.concatenate(list(file)), file.sample_rate)


def _check_format(decoder: Decoder) -> None:
    if decoder.sample_rate not in RATES:
        raise UnsupportedAudio(
            f"a sample rate of {decoder.sample_rate} Hz is not supported; resample to 8000-192000 Hz"
        )
    if decoder.channels not in (1, 2):
        raise UnsupportedAudio(f"{decoder.channels} channels are not supported; mix them to mono or stereo")
