"""Runs the PCM of a client of NVIDIA's service through the engine, and encodes the frames."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from a2f_server.api.messages import Options
from a2f_server.audio.pcm import PcmDecoder
from a2f_server.clip import FaceClip
from a2f_server.engine.frames import Frames
from a2f_server.engine.stream import Stream
from a2f_server.errors import BadAudio, TooLarge, TooLong
from a2f_server.grpc_server.call import Call
from a2f_server.grpc_server.echoed_audio import EchoedAudio
from a2f_server.grpc_server.emotion_keys import EmotionKeys
from a2f_server.grpc_server.face_parameters import FaceMotion
from a2f_server.grpc_server.frame_messages import frame_message
from a2f_server.grpc_server.notices import Notices
from a2f_server.grpc_server.protos.a2f_v1_pb2 import AudioWithEmotion
from a2f_server.grpc_server.protos.controller_v1_pb2 import AudioStreamHeader
from a2f_server.grpc_server.stream_header import StreamHeader

FPS = 30
MESSAGE_S, CLIP_S = 10, 300
"""Seconds of audio in a message and in a clip."""
BLOCKS_PER_S = 2
"""Parts of a second that are resampled at once, before other calls get their turn."""


class AnimatedStream:
    """One stream, from its header on. The first audio takes its slot."""

    def __init__(
        self,
        call: Call,
        message: AudioStreamHeader,
        header: StreamHeader,
        notices: Notices,
        changed: Callable[[], None],
    ) -> None:
        """`header` is what `message` contains; `changed` is called when there are frames, an error or the end.

        Raises Busy.
        """
        service, rate = call.service, header.sample_rate
        self.message = message
        self._utterance = service.utterance(Options(fps=FPS), rate)
        self._emotions = EmotionKeys(self._utterance, header.beginning, header.blend_s, notices)
        self._face, self._shapes = FaceMotion(header.face, FPS), header.shapes
        self._echo = EchoedAudio(call.caller.uploads, rate, FPS)
        self._decoder = PcmDecoder("pcm_s16le")
        self._engine, self._name, self._changed = service.engine, call.address, changed
        self._stream: Stream | None = None
        self._rate, self._left = rate, int(2 * rate * min(CLIP_S, service.settings.max_utterance_s))
        self._ended = self._closed = False
        self._slot = service.engine.slots.open(call.caller.slots)

    @property
    def seconds(self) -> float:
        """Seconds of audio so far."""
        return self._utterance.received / self._rate

    @property
    def finished(self) -> bool:
        """True once every frame was popped."""
        return self._ended and self._stream is not None and self._stream.finished

    async def add(self, part: AudioWithEmotion) -> None:
        """Adds emotions and audio. Raises BadMessage, TooLarge, TooLong or Busy."""
        for key in part.emotions:
            self._emotions.add(key)
        pcm = part.audio_buffer
        self._check_length(len(pcm))
        self._echo.add(pcm)
        size = 2 * (self._rate // BLOCKS_PER_S)
        for i in range(0, len(pcm), size):
            if i:
                await asyncio.sleep(0)
            if self._closed:
                return
            self._write(pcm[i : i + size])

    def end(self) -> None:
        """Marks the end of the audio; may be called twice. Raises BadAudio if there was none, or half a sample."""
        if self._ended:
            return
        self._ended = True
        self._decoder.finish()
        if self._stream is None:
            raise BadAudio("the stream ended without audio")
        self._stream.end()

    def pop(self) -> Frames | None:
        """Returns the next frames, or None if there are none yet. Raises the error that ended them."""
        return self._stream.pop() if self._stream else None

    def encoded(self, frames: Frames) -> Iterator[bytes]:
        """Yields the message of each frame."""
        weights = self._shapes.process(self._face.process(FaceClip.from_u16(frames.values, FPS).weights))
        for i, row in enumerate(weights.tolist(), start=frames.first):
            yield frame_message(i / FPS, row, self._echo.take(i), self._emotions.take(i / FPS))

    def close(self) -> None:
        """Frees everything."""
        self._closed = True
        if self._stream:
            self._stream.close()
        self._slot.close()
        self._echo.close()

    def _check_length(self, size: int) -> None:
        if size > 2 * self._rate * MESSAGE_S:
            raise TooLarge(f"a message has more than {MESSAGE_S} s of audio; send it in parts")
        if size > self._left:
            raise TooLong(f"the clip is longer than {CLIP_S} s, or than this server takes; split it at a pause")
        self._left -= size

    def _write(self, pcm: bytes) -> None:
        samples = self._decoder.decode(pcm)
        if len(samples):
            (self._stream or self._open()).write(samples)

    def _open(self) -> Stream:
        """Begins to animate. Raises Busy if all slots are taken."""
        self._slot.take()
        self._stream = self._engine.open(self._utterance, self._slot)
        self._stream.on_change, self._stream.name = self._changed, self._name
        return self._stream
