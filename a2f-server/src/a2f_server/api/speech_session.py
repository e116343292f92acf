"""One speech: text in; audio, visemes, words and frames out, as they come. No endpoint is known here."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import structlog

from a2f_server.api.messages import Emotions, Options
from a2f_server.api.service import AdmittedText, Service
from a2f_server.engine.face_source import FaceSource
from a2f_server.engine.frames import Frames
from a2f_server.engine.heard_visemes import HeardVisemes
from a2f_server.engine.stream import Stream
from a2f_server.engine.voice_animation import VoiceAnimation
from a2f_server.errors import A2FError, TooLong, TtsFailed
from a2f_server.tts.contract import (
    AnimationChunk,
    AudioChunk,
    BookmarkEvent,
    SpeechEvent,
    SpeechRequest,
    VisemeEvent,
    WordEvent,
)

log = structlog.get_logger(__name__)

NO_ANIMATION = (
    "this voice sent no facial animation; take a voice of de, en, es, fr, it-IT, pt or zh-CN, or another backend"
)


MOST_UNREAD_BYTES = 1 << 20
"""Bytes that may wait for a slow reader before the voice is paused: 20 s of audio at 24 kHz."""


@dataclass(frozen=True, slots=True)
class SpokenAudio:
    """The next part of the audio: mono s16le from sample number `first` on."""

    first: int
    pcm: bytes


@dataclass(frozen=True, slots=True)
class FaceLost:
    """There will be no more frames; the voice goes on."""

    error: A2FError


SessionEvent = SpokenAudio | VisemeEvent | WordEvent | BookmarkEvent | FaceLost


class SpeechSession:
    """Speaks a request and animates its audio. The endpoint takes events and frames whenever `on_change` is called."""

    def __init__(
        self, service: Service, options: Options, admission: AdmittedText, *, on_change: Callable[[], None], name: str
    ) -> None:
        """Begins to speak what `Service.admit` admitted. Raises TtsUnavailable or Busy, and refunds what was charged.

        `name` is for the log.
        """
        self._charge = admission.charge
        try:
            self.voice = service.require_voice()
            self._slot = service.engine.slots.reserve(admission.slots)
        except A2FError:
            self._charge.refund()
            raise
        self.fps = options.fps or service.settings.fps
        self.speaking = True
        """True while the voice has more to say."""
        self.frames = 0
        """Frames that were popped."""
        self._service, self._options, self._on_change, self._name = service, options, on_change, name
        self._events: deque[SessionEvent] = deque()
        self._event_bytes = 0
        self._taken = asyncio.Event()
        self._samples = 0
        self._begun = service.engine.clock()
        self._error: A2FError | None = None
        self._heard: HeardVisemes | None = None
        """Visemes of a voice that does not tell them."""
        self._animation = VoiceAnimation(self.sample_rate, self.fps) if admission.request.animation else None
        self._face: FaceSource | None = self._animation or self._open_stream()
        self.lookahead: Fraction = self._face.lookahead
        """Worst-case seconds of audio needed after a frame's instant."""
        self._task = asyncio.create_task(self._speak(admission.request))

    @property
    def sample_rate(self) -> int:
        """Sample rate of the audio, Hz."""
        return self.voice.sample_rate

    @property
    def duration(self) -> float:
        """Seconds of audio so far."""
        return self._samples / self.sample_rate

    @property
    def finished(self) -> bool:
        """True once every event and frame was taken and no error is left to raise."""
        return self._frames_taken and not (self.speaking or self._events or self._error)

    def set_emotions(self, message: Emotions) -> None:
        """Changes the emotions of the face; a voice's own animation ignores it."""
        if self._face:
            self._face.set_emotions(message.emotions, message.at)

    def next_event(self) -> SessionEvent | None:
        """Returns the next event, None while there is none. Take events before frames, or audio may be late."""
        if not self._events:
            return self._heard.pop() if self._heard else None
        event = self._events.popleft()
        self._event_bytes -= event_size(event)
        self._taken.set()
        return event

    def pop(self) -> Frames | None:
        """Returns the next frames, None while there are none. A face that fails leaves the voice alone."""
        try:
            frames = self._face.pop() if self._face else None
        except A2FError as error:
            self._lose_face(error)
            return None
        if frames:
            self.frames += len(frames)
            self._taken.set()
        return frames

    def raise_error(self) -> None:
        """Raises the voice's error once everything before it was taken."""
        if self._error and self._frames_taken and not self._events:
            raise self._error

    def fail(self, error: A2FError) -> None:
        """Ends here, with this error after the events that are left: the server shuts down."""
        self._task.cancel()
        self._drop_face()
        self._error, self.speaking = error, False
        self._on_change()

    def close(self) -> None:
        """Stops the synthesis immediately and frees everything."""
        self._task.cancel()
        self._drop_face()
        self.speaking = False
        self._slot.close()

    @property
    def _frames_taken(self) -> bool:
        """True once every frame was popped. A face that failed has yet to be popped for its error."""
        return self._face is None or (self._face.finished and not self._face.error)

    def _open_stream(self) -> Stream:
        try:
            utterance = self._service.utterance(self._options, self.sample_rate)
        except BaseException:
            self._slot.close()
            raise
        if not self.voice.has_visemes and self._service.backend.phones:
            utterance.visemes = self._heard = HeardVisemes(self._service.backend.phones, utterance.layout)
        stream = self._service.engine.open(utterance, self._slot)
        stream.on_change, stream.name = self._on_change, self._name
        return stream

    async def _speak(self, request: SpeechRequest) -> None:
        metrics, outcome = self._service.metrics, "stopped"
        metrics.characters.inc(len(request.text or request.ssml or ""))
        try:
            outcome = await self._outcome(request)
        finally:
            metrics.speeches.labels(outcome).inc()
        if self._error and not self._samples:
            self._charge.refund()
        self.speaking = False
        self._on_change()

    async def _outcome(self, request: SpeechRequest) -> str:
        try:
            await self._synthesise(request)
        except A2FError as error:
            self._error = error
            log.warning("the voice failed", stream=self._name, code=error.code, message=error.message)
        except Exception:
            log.exception("the voice failed", stream=self._name)
            self._error = TtsFailed("the voice failed; the server's log says why")
        return "failed" if self._error else "spoken"

    async def _synthesise(self, request: SpeechRequest) -> None:
        try:
            async with aclosing(self.voice.speak(request)) as events:
                async for event in events:
                    self._take(event)
                    self._on_change()
                    await self._reader()
            self._check_animation()
        finally:
            if self._face:
                self._face.end()

    async def _reader(self) -> None:
        """Waits until the reader has taken enough: a voice is much faster than a slow network."""
        while self._event_bytes + (self._face.waiting_bytes if self._face else 0) > MOST_UNREAD_BYTES:
            self._taken.clear()
            await self._taken.wait()

    def _take(self, event: SpeechEvent) -> None:
        match event:
            case AudioChunk():
                self._add_audio(event.pcm)
            case AnimationChunk():
                if self._animation:
                    self._animation.add(event.first, event.rows)
            case _:
                self._append(event)

    def _append(self, event: SessionEvent) -> None:
        self._events.append(event)
        self._event_bytes += event_size(event)

    def _add_audio(self, pcm: bytes) -> None:
        samples = np.frombuffer(pcm, "<i2")
        if self.duration > self._service.settings.max_utterance_s:
            raise TooLong("this speech is longer than the server's limit; cut the text into sentences")
        self._measure(len(samples))
        self._append(SpokenAudio(self._samples, pcm))
        self._samples += len(samples)
        if self._face:
            self._face.write(samples)

    def _measure(self, samples: int) -> None:
        metrics = self._service.metrics
        if not self._samples:
            metrics.first_audio.observe(self._service.engine.clock() - self._begun)
        metrics.spoken_audio.inc(samples / self.sample_rate)

    def _check_animation(self) -> None:
        if self._animation and self._samples and not self._animation.animated:
            self._lose_face(TtsFailed(NO_ANIMATION))

    def _lose_face(self, error: A2FError) -> None:
        log.info("the face failed; the voice continues", stream=self._name, code=error.code, message=error.message)
        self._drop_face()
        self._append(FaceLost(error))
        asyncio.get_running_loop().call_soon(
            self._on_change
        )  # the endpoint that called `pop` takes its None for a wait

    def _drop_face(self) -> None:
        if self._face:
            self._face.close()
        self._face = self._animation = None


def event_size(event: SessionEvent) -> int:
    """Returns about how many bytes an event occupies."""
    return 100 + (len(event.pcm) if isinstance(event, SpokenAudio) else 0)


def viseme_fields(viseme: VisemeEvent) -> dict[str, object]:
    """Returns the fields of a viseme, as every endpoint sends them."""
    fields: dict[str, object] = {"time": round(viseme.time, 4), "id": viseme.id}
    return fields | {"phonemes": viseme.phonemes} if viseme.phonemes else fields


def word_fields(word: WordEvent) -> dict[str, object]:
    """Returns the fields of a word, as every endpoint sends them."""
    return {"time": round(word.time, 4), "duration": round(word.duration, 4), "text": word.text}


def bookmark_fields(bookmark: BookmarkEvent) -> dict[str, object]:
    """Returns the fields of a bookmark, as every endpoint sends them."""
    return {"time": round(bookmark.time, 4), "name": bookmark.name}
