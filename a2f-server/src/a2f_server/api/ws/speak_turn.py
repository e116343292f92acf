"""One utterance that the server speaks: text in; sound, visemes, words and frames out, as they come."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass

import numpy as np
import structlog

from a2f_server.api.messages import Emotions, Speak
from a2f_server.api.service import EXPRESSION, Service
from a2f_server.api.ws.binary_messages import encode_audio
from a2f_server.api.ws.turn import Outgoing, Turn, encode_json
from a2f_server.engine.stream import Stream
from a2f_server.engine.utterance import Frames
from a2f_server.engine.voice_animation import VoiceAnimation
from a2f_server.errors import A2FError, TooLong, TtsFailed
from a2f_server.tts.contract import (
    AnimationChunk,
    AudioChunk,
    SpeechEvent,
    SpeechRequest,
    VisemeEvent,
    Voice,
    WordEvent,
)

log = structlog.get_logger(__name__)


NO_ANIMATION = (
    "this voice sent no facial animation; take a voice of de, en, es, fr, it-IT, pt or zh-CN, or another backend"
)


@dataclass(frozen=True, slots=True)
class Sound:
    """More of the sound: mono s16le from sample number `first` on."""

    first: int
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Faceless:
    """There will be no more frames; the voice goes on."""

    error: A2FError


Said = Sound | VisemeEvent | WordEvent | Faceless


class SpeakTurn(Turn):
    """A voice's sound on its way to a client, beside the frames made of it. Who speaks is the service's voice."""

    speaks = True

    def __init__(self, service: Service, speak: Speak, number: int, on_change: Callable[[], None], name: str) -> None:
        """Begins to speak what `Service.admit` admitted. Raises BadMessage, TtsUnavailable or Busy."""
        self.voice: Voice = service.speaker()
        super().__init__(service, speak, number, on_change, name)
        self._said: deque[Said] = deque()
        self.frames = 0
        """Frames that were popped."""
        self._samples = 0
        self._error: A2FError | None = None
        self._face: Stream | VoiceAnimation | None = self._open_face()
        self._task = asyncio.create_task(self._speak(request_of(speak)))

    @property
    def sample_rate(self) -> int:
        """Of the sound, Hz."""
        return self.voice.sample_rate

    def _open_face(self) -> Stream | VoiceAnimation:
        if self._start.backend == EXPRESSION:
            return VoiceAnimation(self.sample_rate, self.fps)
        return self._open(self.sample_rate)

    def started(self) -> dict[str, object]:
        """See Turn."""
        started = super().started()
        lookahead = {} if self.stream else {"lookahead": 0.0}
        return {**started, **lookahead, "sample_rate": self.sample_rate}

    def set_emotions(self, message: Emotions) -> None:
        """See Turn. A voice's own animation has its own mood."""
        if self.stream and not self.stream.closed:
            super().set_emotions(message)

    def close(self) -> None:
        """See Turn. The synthesis stops at once."""
        self._task.cancel()
        if isinstance(self._face, VoiceAnimation):
            self._face.close()
        super().close()

    def fail(self, error: A2FError) -> None:
        """Ends here, with this error after what was said: the server stops."""
        self._task.cancel()
        if self.stream:
            self.stream.close()
        self._face, self._error, self.input_open = None, error, False
        self._on_change()

    def comes_first(self, now: float) -> None:
        """See Turn. Sentences that wait for each other are paced one after another."""
        if self._heard_at is not None:
            self._heard_at = max(self._heard_at, now)

    def next_message(self, now: float) -> Outgoing | None:
        """See Turn."""
        said = self.next_said()
        if said is not None:
            return self._encoded(said)
        return super().next_message(now)

    def next_said(self) -> Said | None:
        """What was said and not yet taken. It goes before the frames, so that nobody hears late."""
        if not self._said and self._error and self._shown and not self.holds:
            raise self._error
        return self._said.popleft() if self._said else None

    def pop(self) -> Frames | None:
        """The next frames, None while there are none. A face that fails leaves the voice alone."""
        try:
            frames = self._face.pop() if self._face else None
        except A2FError as error:
            self._lose_face(error)
            return None
        self.frames += len(frames) if frames else 0
        return frames

    @property
    def finished(self) -> bool:
        """See Turn."""
        return self._shown and not (self.input_open or self._said or self._error or self.holds)

    @property
    def duration(self) -> float:
        """Seconds of sound so far."""
        return self._samples / self.sample_rate

    def ended(self) -> dict[str, object]:
        """See Turn."""
        return {"type": "end", "utterance": self.number, "frames": self.frames, "duration": round(self.duration, 6)}

    @property
    def _shown(self) -> bool:
        """Whether every frame was popped. A stream that failed has yet to be popped for its error."""
        if isinstance(self._face, Stream) and self._face.error:
            return False
        return self._face is None or self._face.finished

    async def _speak(self, request: SpeechRequest) -> None:
        try:
            await self._listen(request)
        except A2FError as error:
            self._error = error
            log.warning("the voice failed", stream=self._name, code=error.code, reason=error.message)
        except Exception:
            log.exception("the voice failed", stream=self._name)
            self._error = TtsFailed("the voice failed; the server's log says why")
        self.input_open = False
        self._on_change()

    async def _listen(self, request: SpeechRequest) -> None:
        try:
            async with aclosing(self.voice.speak(request)) as events:
                async for event in events:
                    self._take(event)
                    self._on_change()
            self._check_animation()
        finally:
            if self._face:
                self._face.end()

    def _take(self, event: SpeechEvent) -> None:
        match event:
            case AudioChunk():
                self._hear(event.pcm)
            case AnimationChunk():
                if isinstance(self._face, VoiceAnimation):
                    self._face.add(event.first, event.rows)
            case _:
                self._said.append(event)

    def _hear(self, pcm: bytes) -> None:
        samples = np.frombuffer(pcm, "<i2")
        if self._heard_at is None:
            self._heard()
        if self.duration > self._service.settings.max_utterance_s:
            raise TooLong("this speech is longer than the server's limit; cut the text into sentences")
        self._said.append(Sound(self._samples, pcm))
        self._samples += len(samples)
        if self._face:
            self._face.write(samples)

    def _check_animation(self) -> None:
        if isinstance(self._face, VoiceAnimation) and self._samples and not self._face.animated:
            self._lose_face(TtsFailed(NO_ANIMATION))

    def _lose_face(self, error: A2FError) -> None:
        log.info("a voice goes on without its face", stream=self._name, code=error.code, reason=error.message)
        if self.stream:
            self.stream.close()
        self._face = None
        self._said.append(Faceless(error))
        asyncio.get_running_loop().call_soon(self._on_change)  # the door that asked for frames takes this for a wait

    def _encoded(self, said: Said) -> Outgoing:
        utterance = self.number
        match said:
            case Sound():
                return encode_audio(utterance, said.first, self.sample_rate, said.pcm)
            case VisemeEvent():
                return encode_json({"type": "viseme", "utterance": utterance, **viseme(said)})
            case WordEvent():
                return encode_json({"type": "word", "utterance": utterance, **word(said)})
            case Faceless():
                self._service.metrics.errors.labels(said.error.code).inc()
                return encode_json({**said.error.as_json(), "utterance": utterance, "fatal": False, "continues": True})


def viseme(said: VisemeEvent) -> dict[str, object]:
    """As every door writes it."""
    return {"time": round(said.time, 4), "id": said.id}


def word(said: WordEvent) -> dict[str, object]:
    """As every door writes it."""
    return {"time": round(said.time, 4), "duration": round(said.duration, 4), "text": said.text}


def request_of(speak: Speak) -> SpeechRequest:
    """What the voice is asked for."""
    return SpeechRequest(speak.text, speak.ssml, speak.voice, animation=speak.backend == EXPRESSION)
