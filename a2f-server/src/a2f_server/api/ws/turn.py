"""One utterance at a socket: what comes in for it, and the messages that go out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import structlog

from a2f_server.api.messages import Audio, Delivery, Emotions, Start
from a2f_server.api.service import Service, seconds
from a2f_server.api.ws.binary_messages import encode_frames, frames_json
from a2f_server.audio.pcm import ENCODINGS, PcmDecoder
from a2f_server.engine.stream import Stream
from a2f_server.engine.utterance import Frames
from a2f_server.errors import A2FError, BackendFailed, BadMessage, TooLarge, UnsupportedAudio
from a2f_server.motion.emotion import MOST_KEYS

RATES = range(8000, 48001)
"""Sample rates of PCM that a socket takes, Hz."""

Outgoing = str | bytes

log = structlog.get_logger(__name__)


class Turn:
    """Frames of one utterance on their way to a socket. Subclasses bring the sound."""

    speaks = False
    """Whether the server makes the sound."""

    def __init__(
        self, service: Service, start: Delivery, number: int, on_change: Callable[[], None], name: str
    ) -> None:
        service.check(start, speaks=self.speaks)
        self.number = number
        self.stream: Stream | None = None
        self.input_open = True
        self._service, self._start, self._on_change, self._name = service, start, on_change, name
        self.fps = start.fps or service.settings.fps
        self._encode = _encode_json_frames if start.format == "json" else encode_frames
        self._heard_at: float | None = None
        self._held: Frames | None = None
        self._slot = service.engine.reserve()

    def started(self) -> dict[str, object]:
        """The message that answers `start`."""
        lookahead = self.stream.utterance.lookahead if self.stream else self._service.lookahead(self._start)
        rate = self.stream.utterance.sample_rate if self.stream else None
        return {
            "type": "started",
            "utterance": self.number,
            "fps": self.fps,
            "lookahead": seconds(lookahead),
            "sample_rate": rate,
        }

    def feed(self, data: bytes) -> None:
        """Bytes of the sound."""
        raise NotImplementedError

    def end(self) -> None:
        """No more sound."""
        raise NotImplementedError

    def set_emotions(self, message: Emotions) -> None:
        """Another mood; by default from the sound received so far on."""
        if self.stream:
            utterance = self.stream.utterance
            at = utterance.received / utterance.sample_rate if message.at is None else message.at
            utterance.track.set(message.emotions, at)

    def close(self) -> None:
        """Frees everything, finished or not."""
        self.input_open = False
        if self.stream:
            self.stream.close()
        self._slot.close()

    def comes_first(self, now: float) -> None:
        """The utterances before it have left."""

    def next_message(self, now: float) -> Outgoing | None:
        """The next message that may leave at `now`. Raises the stream's error; `finished` tells the end."""
        if self._held is None:
            self._held = self.pop()
        if self._held is None:
            return None
        frames, self._held = self._cut(self._held, now) if self._start.pace == "realtime" else (self._held, None)
        return self._encode(self.number, self.fps, frames) if frames else None

    def pop(self) -> Frames | None:
        """The next frames, None while there are none. Raises the stream's error."""
        return self.stream.pop() if self.stream else None

    @property
    def finished(self) -> bool:
        """Whether every frame has left."""
        return self._held is None and self.stream is not None and self.stream.finished

    @property
    def holds(self) -> bool:
        """Whether frames are held back for their time."""
        return self._held is not None

    def wait(self, now: float) -> float:
        """Seconds until the first frame that is held back may leave."""
        if self._held is None or self._heard_at is None:
            return 0.0
        return max(0.0, self._heard_at + self._held.first / self.fps - now)

    def ended(self) -> dict[str, object]:
        """The last message of an utterance."""
        assert self.stream
        utterance = self.stream.utterance
        duration = round(utterance.received / utterance.sample_rate, 6)
        return {"type": "end", "utterance": self.number, "frames": utterance.frame_count, "duration": duration}

    def _heard(self) -> None:
        self._heard_at = self._service.engine.clock()

    def _open(self, sample_rate: int) -> Stream:
        try:
            utterance = self._service.utterance(self._start, sample_rate)
        except BaseException:
            self._slot.close()
            raise
        self.stream = self._service.engine.open(utterance, self._slot)
        self.stream.on_change, self.stream.name = self._on_change, self._name
        return self.stream

    def _cut(self, frames: Frames, now: float) -> tuple[Frames | None, Frames | None]:
        """At real-time pace, what may leave now and what may not."""
        if self._heard_at is None:
            return frames, None
        allowed = int((now - self._heard_at) * self.fps) + 1 - frames.first
        if allowed >= len(frames):
            return frames, None
        if allowed <= 0:
            return None, frames
        return Frames(frames.first, frames.values[:allowed]), Frames(frames.first + allowed, frames.values[allowed:])


class PcmTurn(Turn):
    """Sound that streams in as PCM."""

    def __init__(self, service: Service, start: Start, number: int, on_change: Callable[[], None], name: str) -> None:
        audio = start.audio
        self._decoder = _decoder(audio)
        super().__init__(service, start, number, on_change, name)
        assert audio.sample_rate is not None
        self._stream = self._open(audio.sample_rate)

    def feed(self, data: bytes) -> None:
        """See Turn. Raises BadAudio or TooLong."""
        if self._heard_at is None:
            self._heard()
        self._stream.write(self._decoder.decode(data))

    def end(self) -> None:
        """See Turn. Raises BadAudio when half a sample is left."""
        self.input_open = False
        self._decoder.finish()
        self._stream.end()


class FileTurn(Turn):
    """Sound that arrives as the bytes of an audio file and is decoded when they are all here."""

    def __init__(self, service: Service, start: Start, number: int, on_change: Callable[[], None], name: str) -> None:
        super().__init__(service, start, number, on_change, name)
        self._parts: list[bytes] = []
        self._size = 0
        self._mood: list[Emotions] = []
        self._decoding: asyncio.Task[None] | None = None
        self._error: A2FError | None = None

    def feed(self, data: bytes) -> None:
        """See Turn. Raises TooLarge."""
        if self._heard_at is None:
            self._heard()
        self._size += len(data)
        limit = self._service.settings.max_file_bytes
        if self._size > limit:
            raise TooLarge(f"the audio file is larger than the {limit} bytes that this server takes")
        self._parts.append(data)

    def set_emotions(self, message: Emotions) -> None:
        """See Turn. Before the file is decoded, moods wait for it."""
        if self.stream:
            super().set_emotions(message)
        elif len(self._mood) >= MOST_KEYS:
            raise BadMessage(
                f"more than {MOST_KEYS} emotion changes wait for this file; give them in start, or after end"
            )
        else:
            self._mood.append(message)

    def end(self) -> None:
        """See Turn."""
        self.input_open = False
        self._decoding = asyncio.create_task(self._decode())

    def next_message(self, now: float) -> Outgoing | None:
        """See Turn."""
        if self._error:
            raise self._error
        return super().next_message(now)

    def close(self) -> None:
        """See Turn."""
        super().close()
        if self._decoding:
            self._decoding.cancel()

    async def _decode(self) -> None:
        try:
            sound = await self._service.decode(b"".join(self._parts))
            self._parts.clear()
            stream = self._open(sound.sample_rate)
            for message in self._mood:
                self.set_emotions(message)
            stream.write(sound.samples)
            stream.end()
        except A2FError as error:
            self._fail(error)
        except Exception:
            log.exception("a file could not be decoded", stream=self._name)
            self._fail(BackendFailed("the server failed on this file; its log says why"))

    def _fail(self, error: A2FError) -> None:
        self._error = error
        self._on_change()


def make_turn(service: Service, start: Start, number: int, on_change: Callable[[], None], name: str) -> Turn:
    """The turn for what `start.audio` announces. Raises UnsupportedAudio, BadMessage or Busy."""
    kind = FileTurn if start.audio.encoding == "file" else PcmTurn
    return kind(service, start, number, on_change, name)


def _decoder(audio: Audio) -> PcmDecoder:
    encoding = next((e for e in ENCODINGS if e == audio.encoding), None)
    if encoding is None:
        raise UnsupportedAudio(
            f"the encoding {audio.encoding[:40]!r} is not supported; send {', '.join(ENCODINGS)} or file"
        )
    if audio.sample_rate is None:
        raise BadMessage("audio.sample_rate: raw PCM needs its sample rate in Hz")
    if audio.sample_rate not in RATES:
        raise UnsupportedAudio(f"a sample rate of {audio.sample_rate} Hz is not supported; send 8000-48000 Hz")
    if audio.channels not in (1, 2):
        raise UnsupportedAudio(f"{audio.channels} channels are not supported; send mono or stereo")
    return PcmDecoder(encoding, audio.channels)


def _encode_json_frames(utterance: int, fps: int, frames: Frames) -> str:
    return encode_json(frames_json(utterance, fps, frames))


def encode_json(message: dict[str, Any]) -> str:
    """Compact JSON."""
    return json.dumps(message, separators=(",", ":"))
