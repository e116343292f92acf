"""Utterances whose audio arrives as a compressed stream: MP3, Opus in Ogg or WebM, AAC, FLAC."""

from __future__ import annotations

from a2f_server.api.ws.audio_turn import Opening
from a2f_server.api.ws.decoded_turn import DecodedTurn
from a2f_server.api.ws.stream_decoder import Block, StreamDecoder
from a2f_server.audio.containers import identify
from a2f_server.audio.files import RATES
from a2f_server.audio.pcm import clipped
from a2f_server.audio.stereo import CANCELLED, StereoMixer
from a2f_server.engine.stream import Stream
from a2f_server.errors import BadAudio, Busy, UnsupportedAudio

MOST_DECODERS = 16
"""Maximum concurrent decoding processes; each takes about 50 MB."""
NAMED = 12
"""Number of bytes needed to recognise a container."""
STREAMED = ("mp3", "ogg", "flac", "WebM or Matroska", "AAC")
"""Containers that can be decoded before the end has arrived."""


class StreamTurn(DecodedTurn):
    """An utterance of compressed audio, decoded as it arrives."""

    decoders = 0
    """Decoding processes of all turns."""

    def __init__(self, opening: Opening) -> None:
        """Raises Busy."""
        super().__init__(opening)
        self._head = b""
        self._decoder: StreamDecoder | None = None
        self._mixer: StereoMixer | None = None

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
        self._start_pacer()
        if self._decoder:
            return self._decoder.feed(data)
        self._head += data
        if len(self._head) >= NAMED:
            self._begin()

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

    def close(self) -> None:
        """Frees everything, finished or not."""
        super().close()
        if self._decoder:
            self._decoder.close()
            self._decoder = None
            StreamTurn.decoders -= 1

    def _begin(self) -> None:
        container = identify(self._head)
        if container.name not in STREAMED:
            raise UnsupportedAudio(f"{container.name} cannot be decoded as it arrives; send it as encoding 'file'")
        if StreamTurn.decoders >= MOST_DECODERS:
            raise Busy(
                f"this server is decoding {MOST_DECODERS} compressed streams, its maximum; send PCM", reason="full"
            )
        self._slot.take()
        self._decoder = StreamDecoder(container)
        StreamTurn.decoders += 1
        self._decoder.feed(self._head)
        self._head = b""
        self._decode(self._animate(self._decoder))

    async def _animate(self, decoder: StreamDecoder) -> None:
        try:
            async for block in decoder.blocks():
                stream = self._stream or self._open_for(block)
                assert self._mixer
                stream.write(self._mixer.mix(clipped(block.frames)))
                await stream.room()
            if self._stream:
                self._stream.end()
        finally:
            decoder.close()

    def _open_for(self, block: Block) -> Stream:
        channels = block.frames.shape[1]
        if block.sample_rate not in RATES or channels not in (1, 2):
            raise UnsupportedAudio(f"{block.sample_rate} Hz with {channels} channels is not supported")
        self._mixer = StereoMixer(channels, self._start.audio.channel)
        return self._open_at(block.sample_rate)
