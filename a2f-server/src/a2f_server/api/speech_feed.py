"""Feeds a talking face with speech, decoded off the event loop, no faster than it is rendered."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from a2f_server.api.byte_budget import Upload
from a2f_server.api.decoding_pool import DecodingPool
from a2f_server.arrays import Samples
from a2f_server.audio.files import AudioFile
from a2f_server.audio.headers import begins_with_header
from a2f_server.audio.pcm import PcmDecoder, floats
from a2f_server.audio.resample import Resampler
from a2f_server.errors import UnsupportedAudio
from a2f_server.video.talking_face import ConvertedSpeech, TalkingFace

EMPTY_FILE = 128
"""Maximum bytes of a file that has a header but no samples."""


async def feed(face: TalkingFace, blocks: Iterator[Samples], pool: DecodingPool, upload: Upload) -> None:
    """Adds all blocks, mono at the face's rate. Raises decoding errors, and TooLong."""

    def step() -> ConvertedSpeech | None:
        block = next(blocks, None)
        return None if block is None else face.convert(block)

    while not face.closed and (speech := await pool.run(step, upload)) is not None:
        face.add(speech)
        await face.room()


class ChunkDecoder:
    """Decodes the chunks of one session: audio files of any rate, or raw PCM s16le at the session's rate.

    Files of another rate are resampled seamlessly across chunks. Blocking: use it off the event loop.
    """

    def __init__(self, sample_rate: int, max_seconds: float) -> None:
        self._rate, self._max_seconds = sample_rate, max_seconds
        self._pcm = PcmDecoder("pcm_s16le")
        self._raw: bool | None = None
        self._resampler: tuple[int, Resampler] | None = None

    def blocks(self, data: bytes | bytearray, *, final: bool) -> Iterator[Samples]:
        """Yields mono samples at the session's rate. Raises UnsupportedAudio, BadAudio or TooLong.

        A final chunk may be empty.
        """
        if not final or data:
            yield from self._decoded(data, final=final)
        if final:
            yield from self._rest()

    def _decoded(self, data: bytes | bytearray, *, final: bool) -> Iterator[Samples]:
        if self._is_raw(data):
            self._settle(raw=True)
            yield from self._rest()
            yield floats(self._pcm.decode(bytes(data)))
        elif not (final and len(data) <= EMPTY_FILE):
            file = AudioFile(data, self._max_seconds)
            self._settle(raw=False)
            yield from self._of_file(file)

    def _is_raw(self, data: bytes | bytearray) -> bool:
        """In a session that began with raw samples, only a header that cannot be samples by chance marks a file."""
        raw = not begins_with_header(data) or (self._raw is True and data[0] == 0xFF)
        if raw and self._raw is False:
            raise UnsupportedAudio(
                "this chunk has no header, unlike the first one: each must be an audio file, or all raw PCM s16le. The "
                "later chunks of a MediaRecorder are neither: send WAV or PCM"
            )
        return raw

    def _settle(self, *, raw: bool) -> None:
        """Remembers whether the session began with files or raw samples."""
        self._raw = raw if self._raw is None else self._raw

    def _of_file(self, file: AudioFile) -> Iterator[Samples]:
        if self._resampler and self._resampler[0] != file.sample_rate:
            yield from self._rest()
        if file.sample_rate == self._rate:
            yield from file
            return
        if not self._resampler:
            self._resampler = file.sample_rate, Resampler(file.sample_rate, self._rate)
        yield from map(self._resampler[1].feed, file)

    def _rest(self) -> Iterator[Samples]:
        """Yields the samples that a resampler still holds."""
        if self._resampler:
            held, self._resampler = self._resampler[1].finish(), None
            yield np.ascontiguousarray(held)
