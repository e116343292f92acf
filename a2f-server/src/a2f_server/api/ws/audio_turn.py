"""Utterances whose audio the client sends."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from a2f_server.api.callers import Caller
from a2f_server.api.encoding import encode_json
from a2f_server.api.messages import Emotions, Start
from a2f_server.api.service import Service, seconds
from a2f_server.api.speech_session import viseme_fields
from a2f_server.api.ws.turn import Outgoing, Turn
from a2f_server.engine.frames import Frames
from a2f_server.engine.heard_visemes import HeardVisemes
from a2f_server.engine.stream import Stream
from a2f_server.engine.utterance import Utterance


@dataclass(frozen=True)
class Opening:
    """A client's `start`: the number and the log's name of its utterance, and what it needs from the socket.

    `on_change` is called when there may be something to send.
    """

    service: Service
    start: Start
    number: int
    on_change: Callable[[], None]
    name: str
    caller: Caller


class AudioTurn(Turn):
    """Takes audio from the client. Its slot is taken when there is audio to animate."""

    def __init__(self, opening: Opening) -> None:
        """Raises Busy if the server is full, or the caller has all of its slots."""
        super().__init__(opening.service, opening.start, opening.number)
        self._slot = opening.service.engine.slots.open(opening.caller.slots)
        self._start, self._on_change, self._name = opening.start, opening.on_change, opening.name
        self._group = 1 if opening.start.pace == "realtime" else opening.start.group
        self._utterance: Utterance | None = None
        self._stream: Stream | None = None
        self._input_open = True

    @abstractmethod
    def add_audio(self, data: bytes) -> None:
        """Adds bytes of the audio."""

    @abstractmethod
    def end(self) -> None:
        """Marks the end of the audio."""

    def check_time(self, now: float) -> None:
        """Raises TimedOut if the client takes too long to send the audio."""

    @property
    def input_open(self) -> bool:
        """True until the client ends the audio."""
        return self._input_open

    @property
    def holds_slot(self) -> bool:
        """True while audio is still to be decoded, or frames to be computed or sent."""
        return self._slot.taken

    @property
    def waiting_bytes(self) -> int:
        """Bytes of the client's audio that wait for the model or the reader."""
        return self._stream.waiting_bytes if self._stream else 0

    @property
    def frames(self) -> int:
        """Frames of the utterance so far."""
        return self._utterance.frame_count if self._utterance else 0

    @property
    def duration(self) -> float:
        """Seconds of audio so far."""
        return self._utterance.received / self._utterance.sample_rate if self._utterance else 0.0

    def started(self) -> dict[str, object]:
        """Returns the first message of the utterance. The first frame of a group waits for the others."""
        waits = Fraction(self._group - 1, self.fps)
        return {**super().started(), "lookahead": seconds(self.lookahead + waits)}

    def set_emotions(self, message: Emotions) -> None:
        """Changes the emotions; by default from the audio received so far on."""
        if self._utterance:
            self._utterance.set_emotions(message.emotions, message.at)

    def close(self) -> None:
        """Frees everything, finished or not."""
        self._input_open = False
        if self._stream:
            self._stream.close()
        self._slot.close()

    def next_message(self, now: float) -> Outgoing | None:
        """Returns the next message that may leave at `now`, visemes before frames. Raises the utterance's error."""
        if self._stream and self._stream.idle and not self.holds:
            return None
        heard = self._utterance.visemes if self._utterance else None
        if heard and (viseme := heard.pop()):
            return encode_json({"type": "viseme", "utterance": self.number, **viseme_fields(viseme)})
        return super().next_message(now)

    def _pop(self) -> Frames | None:
        return self._stream.pop() if self._stream else None

    def _open(self, utterance: Utterance) -> Stream:
        """Begins to animate. Raises Busy if all slots are taken."""
        self._slot.take()
        if self._start.visemes:
            utterance.visemes = HeardVisemes(self._service.require_phones(), utterance.layout)
        utterance.group = self._group
        self._stream = self._service.engine.open(utterance, self._slot)
        self._stream.on_change, self._stream.name = self._on_change, self._name
        return self._stream
