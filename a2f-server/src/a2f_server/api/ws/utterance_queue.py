"""The utterances of one socket: the one that takes audio, those being sent, and `speak` requests that wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

import structlog

from a2f_server.api.callers import Caller
from a2f_server.api.encoding import encode_json
from a2f_server.api.messages import Delivery, Emotions, Speak, Start
from a2f_server.api.service import AdmittedText, Service
from a2f_server.api.utterance_log import CANCELLED, DISCONNECTED, END, log_utterance
from a2f_server.api.ws.audio_turn import AudioTurn, Opening
from a2f_server.api.ws.file_turn import FileTurn
from a2f_server.api.ws.pcm_turn import PcmTurn
from a2f_server.api.ws.speak_turn import SpeakTurn
from a2f_server.api.ws.stream_turn import StreamTurn
from a2f_server.api.ws.turn import Outgoing, Turn
from a2f_server.errors import A2FError, BadMessage, BadState, Busy

LAST_NUMBER = 2**32 - 1
"""Largest utterance number that fits the header of a binary message."""

MOST_SLOTS = 3
"""Slots that one socket may hold."""
MOST_SPEECHES = 2
"""Speeches of one socket that hold slots: one that is being sent, one that is ready to follow it."""

_TURNS: dict[str, Callable[[Opening], AudioTurn]] = {"file": FileTurn, "stream": StreamTurn}
"""Turns by the encoding of their audio; all others are PCM."""

log = structlog.get_logger(__name__)


SomeTurn = TypeVar("SomeTurn", bound=Turn)


class UtteranceQueue:
    """Sends utterances one after another. Up to `limits.queue` speak requests wait for the voice."""

    def __init__(
        self,
        service: Service,
        *,
        name: object,
        address: str,
        caller: Caller,
        send: Callable[[dict[str, Any]], None],
        send_error: Callable[[A2FError, int], None],
        on_change: Callable[[], None],
    ) -> None:
        """`send` and `send_error` go before everything in the queue; `on_change`: there is more to send."""
        self._service, self._name, self._address, self._caller = service, name, address, caller
        self._send, self._report_error, self._on_change = send, send_error, on_change
        self._open: list[Turn] = []
        self._waiting: deque[tuple[int, Speak, AdmittedText]] = deque()
        self._input: AudioTurn | None = None
        self._last_number = 0
        self._live = service.live.source()
        self.paced = False
        """True once an utterance asked for real-time pace: its frames wait for their time."""

    @property
    def waits_for_client(self) -> bool:
        """True while there is nothing left for the server to do."""
        return not self._waiting and all(turn is self._input for turn in self._open)

    @property
    def waiting_bytes(self) -> int:
        """Bytes of the client's audio that wait for the model or the reader."""
        turns = self._open
        return turns[0].waiting_bytes if len(turns) == 1 else sum(turn.waiting_bytes for turn in turns)

    def is_new(self, number: int) -> bool:
        """Returns True if no utterance of this socket has had the number."""
        return number > self._last_number

    def start(self, start: Start) -> None:
        """Opens an utterance whose audio the client sends. Raises BadState or BadMessage."""
        self._require_closed("start")
        number = self._next_number(start)
        self._service.check(start)
        if start.visemes:
            self._service.require_phones()
        if sum(turn.holds_slot for turn in self._open) >= MOST_SLOTS:
            return self._send_error(_too_many_open(), number)
        kind: Callable[[Opening], AudioTurn] = _TURNS.get(start.audio.encoding, PcmTurn)

        def make(name: str) -> AudioTurn:
            return kind(Opening(self._service, start, number, self._on_change, name, self._caller))

        self._input = self._begin(start, number, make)

    def speak(self, speak: Speak) -> None:
        """Speaks now, or once the voice is free. Raises BadState, BadMessage, TtsUnavailable or Busy."""
        if self._input:
            raise BadState(f"utterance {self._input.number} is still open: send end or cancel before you speak")
        number = self._next_number(speak)
        self._service.check(speak, speech=True)
        try:
            admission = self._admit(speak)
        except BadMessage:
            raise
        except A2FError as error:
            return self._send_error(error, number)
        self._last_number = number
        self._waiting.append((number, speak, admission))
        self._caller.texts_waiting += 1
        self._begin_speeches()

    def add_audio(self, data: bytes) -> bool:
        """Adds audio to the open utterance; returns False if there is none."""
        turn = self._input
        if turn:
            try:
                turn.add_audio(data)
            except A2FError as error:
                self._drop(turn, error)
        return turn is not None

    def set_emotions(self, message: Emotions) -> None:
        """Changes the emotions of the newest utterance. Raises BadState, or BadMessage if `at` is out of range."""
        turn = self._input or (self._open[-1] if self._open else None)
        if not turn:
            raise BadState("emotions came before start: give them in start, or after it")
        longest = self._service.settings.max_utterance_s
        if message.at is not None and message.at > longest:
            raise BadMessage(f"at: no utterance is longer than {longest:g} s; give seconds of this utterance")
        turn.set_emotions(message)

    def end(self) -> None:
        """Marks the end of the open utterance's audio. Raises BadState."""
        turn, self._input = self._input, None
        if not turn:
            raise BadState("end came before start: there is no utterance to end")
        try:
            turn.end()
        except A2FError as error:
            self._drop(turn, error)

    def check_time(self, now: float) -> None:
        """Ends an utterance whose client takes too long to send the audio."""
        turn = self._input
        if turn:
            try:
                turn.check_time(now)
            except A2FError as error:
                self._drop(turn, error)

    def cancel(self) -> None:
        """Drops all utterances, open and waiting."""
        numbers = [turn.number for turn in self._open] + [number for number, _, _ in self._waiting]
        self._drop_all(CANCELLED)
        if self._live:
            self._live.stop()
        for number in numbers:
            self._send({"type": "cancelled", "utterance": number})

    def close(self) -> None:
        """Frees everything: the socket is closed. What it has sent is shown to its end, unless more was to come."""
        if self._live and self._open:
            self._live.stop()
        self._drop_all(DISCONNECTED)

    def _drop_all(self, outcome: str) -> None:
        self._input = None
        while self._waiting:
            number, _, admission = self._take_waiting()
            admission.charge.refund()
            self._write_log(number, 0.0, outcome)
        for turn in self._open:
            turn.close()
            self._write_log(turn.number, turn.duration, outcome)
        self._open.clear()

    def dispose(self) -> None:
        """Frees everything for good: nothing is sent any more."""
        self.close()
        self._send = self._report_error = self._on_change = _ignore

    def next_message(self, now: float) -> Outgoing | None:
        """Returns the next message that may leave at `now`."""
        if self._waiting:
            self._begin_speeches()
        if not self._open:
            return None
        turn = self._open[0]
        try:
            message = turn.next_message(now)
        except A2FError as error:
            self._drop(turn, error)
            return None
        if message is None and turn.finished:
            return self._ended(turn)
        return message

    def wait(self, now: float) -> float | None:
        """Returns the seconds until a frame that is held back may leave; None if there is none."""
        held = [turn.wait(now) for turn in self._open if turn.holds]
        return min(held) if held else None

    @property
    def _speaking(self) -> bool:
        return any(isinstance(turn, SpeakTurn) and turn.input_open for turn in self._open)

    @property
    def _voice_free(self) -> bool:
        """True if the next speech may begin. A slow reader must not hold a slot for each one that waits."""
        return not self._speaking and sum(isinstance(turn, SpeakTurn) for turn in self._open) < MOST_SPEECHES

    def _admit(self, speak: Speak) -> AdmittedText:
        most, scope = self._service.settings.max_queue, self._caller.scope
        if not self._voice_free and self._caller.texts_waiting >= most:
            message = f"{most} speak requests of this {scope} are waiting already; send the next one after an end"
            raise Busy(message, reason="queue", scope=scope)
        return self._service.admit(self._service.speech_request(speak, speak), self._caller)

    def _begin_speeches(self) -> None:
        while self._waiting and self._voice_free:
            self._begin_speech(*self._take_waiting())

    def _take_waiting(self) -> tuple[int, Speak, AdmittedText]:
        self._caller.texts_waiting -= 1
        return self._waiting.popleft()

    def _begin_speech(self, number: int, speak: Speak, admission: AdmittedText) -> None:
        make = SpeakTurn
        self._begin(speak, number, lambda name: make(self._service, speak, admission, number, self._on_change, name))

    def _begin(self, delivery: Delivery, number: int, make: Callable[[str], SomeTurn]) -> SomeTurn | None:
        try:
            turn = make(f"{self._name}/{number}")
        except BadMessage:
            raise
        except A2FError as error:
            self._send_error(error, number)
            return None
        self._last_number = max(self._last_number, number)
        self.paced |= delivery.pace == "realtime"
        turn.live = self._live
        self._open.append(turn)
        self._send(turn.started())
        log.debug("utterance started", connection=self._name, utterance=number)
        return turn

    def _require_closed(self, what: str) -> None:
        if self._input:
            raise BadState(f"utterance {self._input.number} is still open: send end or cancel before the next {what}")
        if self._waiting or self._speaking:
            raise BadState(f"the server is still speaking: wait for its end, or cancel, before {what}")

    def _next_number(self, options: Delivery) -> int:
        number = options.utterance or self._last_number + 1
        if number <= self._last_number:
            last = self._last_number
            raise BadMessage(f"utterance: {number} was used before; numbers must increase, the last was {last}")
        if number > LAST_NUMBER:
            raise BadMessage(f"utterance: numbers end at {LAST_NUMBER}; connect again to count from 1")
        return number

    def _ended(self, turn: Turn) -> Outgoing:
        self._open.remove(turn)
        turn.close()
        self._write_log(turn.number, turn.duration, END)
        return encode_json(turn.ended())

    def _drop(self, turn: Turn, error: A2FError) -> None:
        """Ends the utterance with an error; the socket stays open."""
        if turn is self._input:
            self._input = None
        turn.close()
        self._open.remove(turn)
        self._send_error(error, turn.number, turn.duration)

    def _send_error(self, error: A2FError, number: int, seconds: float = 0.0) -> None:
        """Reports the error that ended an utterance, or with which it was refused."""
        self._report_error(error, number)
        self._write_log(number, seconds, error)

    def _write_log(self, number: int, seconds: float, outcome: str | A2FError) -> None:
        ids = {"connection": self._name, "utterance": number, **self._caller.log_fields}
        log_utterance("/ws", self._address, seconds, outcome, **ids)


def _ignore(*_: object) -> None:
    """Replaces the callbacks, so that nothing refers to a connection that has ended."""


def _too_many_open() -> Busy:
    message = f"{MOST_SLOTS} utterances of this socket are open already; wait for an end"
    return Busy(message, reason="queue", scope="socket")
