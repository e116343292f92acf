"""An uploaded audio file on its way into the engine, block by block: its samples are never in memory as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

import structlog

from a2f_server.api.byte_budget import Upload
from a2f_server.api.decoding_pool import DecodingPool
from a2f_server.arrays import Int16Array, Samples
from a2f_server.audio.files import AudioFile
from a2f_server.audio.stereo import Channel
from a2f_server.engine.slots import Slot
from a2f_server.engine.stream import Stream
from a2f_server.engine.utterance import Utterance
from a2f_server.errors import A2FError, BackendFailed
from a2f_server.metrics import Metrics

log = structlog.get_logger(__name__)


class FileFeed:
    """Decodes and resamples off the event loop, as fast as the engine takes the audio.

    It holds the upload until all of it is decoded, and the slot until no thread works on it any more.
    """

    def __init__(self, file: AudioFile, upload: Upload, slot: Slot, pool: DecodingPool, metrics: Metrics) -> None:
        self._file, self._upload, self._slot, self._pool, self._metrics = file, upload, slot, pool, metrics
        self._blocks: Iterator[Samples] = iter(file)
        self._spent = 0.0

    @classmethod
    async def open(
        cls, upload: Upload, max_seconds: float, channel: Channel, slot: Slot, pool: DecodingPool, metrics: Metrics
    ) -> FileFeed:
        """Reads the file's header. Raises UnsupportedAudio, BadAudio or TooLong, and frees the upload then."""
        try:
            file = await pool.run(lambda: AudioFile(upload.data, max_seconds, channel), slot, upload)
        except BaseException:
            upload.close()
            raise
        return cls(file, upload, slot, pool, metrics)

    @property
    def sample_rate(self) -> int:
        """Hz."""
        return self._file.sample_rate

    @property
    def warning(self) -> str | None:
        """The warning about this file, None if there is none; known once it is decoded."""
        return self._file.warning

    async def into(self, stream: Stream) -> None:
        """Gives the stream the whole audio, or the error that ends it."""
        try:
            while (block := await self._next(stream.utterance)) is not None:
                stream.add(*block)
                await stream.room()
            stream.end()
        except A2FError as error:
            stream.fail(error)
        except Exception:
            log.exception("a file could not be decoded", stream=stream.name)
            stream.fail(BackendFailed("the server failed on this file; its log says why"))
        finally:
            self._upload.close()
            self._metrics.decode_time.observe(self._spent)

    async def _next(self, utterance: Utterance) -> tuple[int, Int16Array | Samples] | None:
        return await self._pool.run(lambda: self._decode(utterance), self._slot, self._upload)

    def _decode(self, utterance: Utterance) -> tuple[int, Int16Array | Samples] | None:
        """Returns the number of samples of the next block, and the block at the engine's rate; None at the end."""
        begun = perf_counter()
        block = next(self._blocks, None)
        converted = None if block is None else (len(block), utterance.convert(block))
        self._spent += perf_counter() - begun
        return converted
