"""Utterances whose audio arrives as a compressed stream: MP3, Opus in Ogg or WebM, AAC, FLAC."""

from __future__ import annotations

import asyncio
from fractions import Fraction

import structlog

from a2f_server.api.messages import Emotions
from a2f_server.api.ws.audio_turn import AudioTurn, Opening
from a2f_server.api.ws.stream_decoder import Block, StreamDecoder
from a2f_server.api.ws.turn import Outgoing
from a2f_server.audio.containers import identify
from a2f_server.audio.files import RATES
from a2f_server.audio.pcm import clipped
from a2f_server.audio.stereo import CANCELLED, StereoMixer
from a2f_server.engine.stream import Stream
from a2f_server.errors import A2FError, BackendFailed, BadAudio, BadMessage, Busy, UnsupportedAudio
from a2f_server.motion.emotion import MOST_KEYS

MOST_DECODERS = 16
"""Maximum concurrent decoding processes; each takes about 50 MB."""
NAMED = 12
"""Number of bytes needed to recognise a container."""
STREAMED = ("mp3", "ogg", "flac", "WebM or Matroska", "AAC")
"""Containers that can be decoded before the end has arrived."""

log = structlog.get_logger(__name__)


class StreamTurn(AudioTurn):
    """An utterance of compressed audio, decoded as it arrives."""

    _decoding = 0
    """Limits the turns that have a decoding process."""

    def __init__(self, opening: Opening) -> None:
        """Raises Busy."""
        super().__init__(opening)
        if StreamTurn._decoding >= MOST_DECODERS:
            self._slot.close()
            raise Busy(
                f"this server is decoding {MOST_DECODERS} compressed streams, its maximum; send PCM", reason="full"
            )
        StreamTurn._decoding += 1
        self._held = True
        self._head = b""
        self._decoder: StreamDecoder | None = None
        self._task: asyncio.Task[None] | None = None
        self._mixer: StereoMixer | None = None
        self._early_emotions: list[Emotions] = []
        self._error: A2FError | None = None

    @property
    def lookahead(self) -> Fraction:
        """Look-ahead in seconds; assumes a common sample rate until the stream's rate is known."""
        return self._utterance.lookahead if self._utterance else self._service.lookahead(self._start)

    @property
    def sample_rate(self) -> int | None:
        """Sample rate in Hz, None until it is known."""
        return self._utterance.sample_rate if self._utterance else None

    @property
    def finished(self) -> bool:
        """True once every frame was sent; an utterance without audio has none."""
        if self._decoder is None:
            return not self._input_open
        return not self.holds and self._stream is not None and self._stream.finished

    @property
    def warning(self) -> str | None:
        """The warning about this audio, or None; known once the audio has ended."""
        return CANCELLED if self._mixer and self._mixer.cancelled else None

    @property
    def waiting_bytes(self) -> int:
        """Bytes of audio that wait for the decoder, the model or the client."""
        return super().waiting_bytes + (self._decoder.waiting_bytes if self._decoder else 0)

    def add_audio(self, data: bytes) -> None:
        """Adds bytes of the stream. Raises UnsupportedAudio; the first call may raise Busy."""
        self._pacer.start(self._service.engine.clock())
        if self._decoder:
            return self._decoder.feed(data)
        self._head += data
        if len(self._head) >= NAMED:
            self._begin()

    def set_emotions(self, message: Emotions) -> None:
        """Keeps emotions until the stream's rate is known. Raises BadMessage if too many wait."""
        if self._utterance:
            super().set_emotions(message)
        elif len(self._early_emotions) >= MOST_KEYS:
            raise BadMessage(f"more than {MOST_KEYS} emotion changes wait for this stream; give them in start")
        else:
            self._early_emotions.append(message)

    def end(self) -> None:
        """Marks the end of the stream. Raises BadAudio or UnsupportedAudio if it is too short to be one."""
        self._input_open = False
        if self._decoder:
            self._decoder.end()
        elif self._head:
            identify(self._head)
            raise BadAudio("the audio stream ends before it begins")
        else:
            self._on_change()

    def next_message(self, now: float) -> Outgoing | None:
        """Returns the next message. Raises an error if nothing of the stream could be decoded."""
        if self._error:
            raise self._error
        return super().next_message(now)

    def close(self) -> None:
        """Frees everything, finished or not."""
        super().close()
        StreamTurn._decoding -= self._held
        self._held = False
        if self._decoder:
            self._decoder.close()
        if self._task:
            self._task.cancel()

    def _begin(self) -> None:
        container = identify(self._head)
        if container.name not in STREAMED:
            raise UnsupportedAudio(f"{container.name} cannot be decoded as it arrives; send it as encoding 'file'")
        self._slot.take()
        self._decoder = StreamDecoder(container)
        self._decoder.feed(self._head)
        self._head = b""
        self._task = asyncio.create_task(self._decode(self._decoder))

    async def _decode(self, decoder: StreamDecoder) -> None:
        try:
            await self._animate(decoder)
        except A2FError as error:
            self._fail(error)
        except Exception:
            log.exception("a stream could not be decoded", stream=self._name)
            self._fail(BackendFailed("the server failed on this stream; its log says why"))
        finally:
            decoder.close()

    async def _animate(self, decoder: StreamDecoder) -> None:
        async for block in decoder.blocks():
            stream = self._stream or self._open_for(block)
            assert self._mixer
            stream.write(self._mixer.mix(clipped(block.frames)))
            await stream.room()
        if self._stream:
            self._stream.end()

    def _open_for(self, block: Block) -> Stream:
        channels = block.frames.shape[1]
        if block.sample_rate not in RATES or channels not in (1, 2):
            raise UnsupportedAudio(f"{block.sample_rate} Hz with {channels} channels is not supported")
        self._mixer = StereoMixer(channels, self._start.audio.channel)
        self._utterance = self._service.utterance(self._start, block.sample_rate)
        stream = self._open(self._utterance)
        for message in self._early_emotions:
            self.set_emotions(message)
        return stream

    def _fail(self, error: A2FError) -> None:
        if self._stream:
            return self._stream.fail(error)
        self._error = error
        self._on_change()
