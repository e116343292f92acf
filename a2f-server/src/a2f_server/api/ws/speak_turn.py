"""An utterance that the server speaks: a speech session whose events and frames leave as messages of the socket."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from a2f_server.api.encoding import encode_json
from a2f_server.api.messages import Emotions, Speak
from a2f_server.api.service import AdmittedText, Service
from a2f_server.api.speech_session import (
    FaceLost,
    SessionEvent,
    SpeechSession,
    SpokenAudio,
    bookmark_fields,
    viseme_fields,
    word_fields,
)
from a2f_server.api.ws.binary_messages import encode_audio
from a2f_server.api.ws.turn import Outgoing, Turn
from a2f_server.engine.frames import Frames
from a2f_server.tts.contract import BookmarkEvent, VisemeEvent, WordEvent


class SpeakTurn(Turn):
    """Sends audio, visemes and words before the frames: audio must never be late."""

    def __init__(
        self,
        service: Service,
        speak: Speak,
        admission: AdmittedText,
        number: int,
        on_change: Callable[[], None],
        name: str,
    ) -> None:
        """Begins to speak what `Service.admit` admitted. Raises TtsUnavailable or Busy."""
        super().__init__(service, speak, number)
        self._session = SpeechSession(service, speak, admission, on_change=on_change, name=name)

    @property
    def input_open(self) -> bool:
        """True while the voice has more to say."""
        return self._session.speaking

    @property
    def holds_slot(self) -> bool:
        """True: the session keeps its slot until it is closed."""
        return True

    @property
    def lookahead(self) -> Fraction:
        """Worst-case seconds of audio needed after a frame's instant."""
        return self._session.lookahead

    @property
    def sample_rate(self) -> int | None:
        """Sample rate of the voice, Hz."""
        return self._session.sample_rate

    @property
    def frames(self) -> int:
        """Frames that have left."""
        return self._session.frames

    @property
    def duration(self) -> float:
        """Seconds of audio."""
        return self._session.duration

    @property
    def finished(self) -> bool:
        """True once everything was sent."""
        return self._session.finished and not self.holds

    def set_emotions(self, message: Emotions) -> None:
        """Changes the emotions of the face; a voice's own animation ignores it."""
        self._session.set_emotions(message)

    def next_message(self, now: float) -> Outgoing | None:
        """Returns the next message that may leave at `now`. Raises the voice's error after everything else."""
        event = self._session.next_event()
        if event is not None:
            return self._encoded(event, now)
        message = super().next_message(now)
        if message is None and not self.holds:
            self._session.raise_error()
        return message

    def close(self) -> None:
        """Stops the synthesis immediately and frees everything."""
        self._session.close()

    def _pop(self) -> Frames | None:
        return self._session.pop()

    def _encoded(self, event: SessionEvent, now: float) -> Outgoing:
        utterance = self.number
        match event:
            case SpokenAudio():
                self._start_pacer()
                return encode_audio(utterance, event.first, self._session.sample_rate, event.pcm)
            case VisemeEvent():
                return encode_json({"type": "viseme", "utterance": utterance, **viseme_fields(event)})
            case WordEvent():
                return encode_json({"type": "word", "utterance": utterance, **word_fields(event)})
            case BookmarkEvent():
                return encode_json({"type": "bookmark", "utterance": utterance, **bookmark_fields(event)})
            case FaceLost(error=error):
                self._service.metrics.errors.labels(error.code).inc()
                return encode_json({**error.as_json(), "utterance": utterance, "fatal": False, "continues": True})
