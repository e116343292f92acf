"""The utterances of one conversation: which takes input, which are being sent, which wait for the voice."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import structlog

from a2f_server.api.messages import Delivery, Emotions, Speak, Start
from a2f_server.api.service import Service
from a2f_server.api.ws.speak_turn import SpeakTurn, request_of
from a2f_server.api.ws.turn import Outgoing, Turn, encode_json, make_turn
from a2f_server.errors import A2FError, BadMessage, BadState, Busy

LAST_NUMBER = 2**32 - 1
"""What the header of a binary message can say."""

MOST_SPOKEN = 2
"""Sentences of one conversation that have places: one that is being sent, one that is ready to follow it."""

log = structlog.get_logger(__name__)


class UtteranceQueue:
    """Utterances go out one after another. Speaks wait for each other's synthesis, `limits.queue` of them at most."""

    def __init__(
        self,
        service: Service,
        *,
        name: object,
        caller: str,
        say: Callable[[dict[str, Any]], None],
        say_error: Callable[[A2FError, int], None],
        on_change: Callable[[], None],
    ) -> None:
        """`say` and `say_error` send at once, before what the turns have; `on_change`: there is more to send."""
        self._service, self._name, self._caller = service, name, caller
        self._say, self._say_error, self._on_change = say, say_error, on_change
        self._log = log.bind(connection=name)
        self._open: list[Turn] = []
        self._waiting: deque[tuple[int, Speak]] = deque()
        self._input: Turn | None = None
        self._last_number = 0
        self.paced = False
        """Whether an utterance asked for real-time pace: its frames wait for their time."""

    @property
    def waits_for_client(self) -> bool:
        """Whether nothing is left for us to do."""
        return not self._waiting and all(turn is self._input for turn in self._open)

    def start(self, start: Start) -> None:
        """Opens an utterance whose sound the client sends. Raises BadState or BadMessage."""
        self._check_closed("start")
        self._input = self._begin(start, self._next_number(start))

    def speak(self, speak: Speak) -> None:
        """Speaks now, or as soon as the voice is free. Raises BadState, BadMessage, TtsUnavailable or Busy."""
        if self._input:
            raise BadState(f"utterance {self._input.number} is still open: send end or cancel before you speak")
        number = self._next_number(speak)
        self._service.check(speak, speaks=True)
        most = self._service.settings.max_queue
        try:
            if not self._voice_free and len(self._waiting) >= most:
                raise Busy(f"{most} speaks wait already; send the next one after an end")
            self._service.admit(request_of(speak), self._caller)
        except BadMessage:
            raise
        except A2FError as error:
            return self._say_error(error, number)
        self._last_number = number
        self._waiting.append((number, speak))
        self._next_speak()

    def feed(self, data: bytes) -> bool:
        """Sound of the open utterance; False where there is none."""
        turn = self._input
        if turn:
            try:
                turn.feed(data)
            except A2FError as error:
                self._drop(turn, error)
        return turn is not None

    def set_emotions(self, message: Emotions) -> None:
        """Another mood for the newest utterance. Raises BadState."""
        turn = self._input or (self._open[-1] if self._open else None)
        if not turn:
            raise BadState("emotions came before start: give them in start, or after it")
        turn.set_emotions(message)

    def end(self) -> None:
        """No more sound. Raises BadState."""
        turn, self._input = self._input, None
        if not turn:
            raise BadState("end came before start: there is no utterance to end")
        try:
            turn.end()
        except A2FError as error:
            self._drop(turn, error)

    def cancel(self) -> None:
        """Drops all that is open and all that waits."""
        numbers = [turn.number for turn in self._open] + [number for number, _ in self._waiting]
        self.close()
        for number in numbers:
            self._say({"type": "cancelled", "utterance": number})

    def close(self) -> None:
        """Frees everything."""
        self._input = None
        self._waiting.clear()
        for turn in self._open:
            turn.close()
        self._open.clear()

    def next_message(self, now: float) -> Outgoing | None:
        """The next message that may leave at `now`: utterances one after another."""
        if self._waiting:
            self._next_speak()
        if not self._open:
            return None
        turn = self._open[0]
        try:
            message = turn.next_message(now)
        except A2FError as error:
            self._drop(turn, error)
            return None
        if message is None and turn.finished:
            return self._ended(turn, now)
        return message

    def wait(self, now: float) -> float | None:
        """Seconds until a frame that is held back may leave; None where none is."""
        held = [turn.wait(now) for turn in self._open if turn.holds]
        return min(held) if held else None

    @property
    def _speaking(self) -> bool:
        return any(isinstance(turn, SpeakTurn) and turn.input_open for turn in self._open)

    @property
    def _voice_free(self) -> bool:
        """Whether the next sentence may begin. A slow reader must not hold a place for each that waits."""
        return not self._speaking and sum(isinstance(turn, SpeakTurn) for turn in self._open) < MOST_SPOKEN

    def _next_speak(self) -> None:
        while self._waiting and self._voice_free:
            number, speak = self._waiting.popleft()
            self._begin(speak, number)

    def _begin(self, message: Start | Speak, number: int) -> Turn | None:
        try:
            turn = self._make(message, number)
        except BadMessage:
            raise
        except A2FError as error:
            self._say_error(error, number)
            return None
        self._last_number = max(self._last_number, number)
        self.paced |= message.pace == "realtime"
        self._open.append(turn)
        self._say(turn.started())
        self._log.debug("utterance started", utterance=number)
        return turn

    def _make(self, message: Start | Speak, number: int) -> Turn:
        name = f"{self._name}/{number}"
        make = SpeakTurn if isinstance(message, Speak) else make_turn
        return make(self._service, message, number, self._on_change, name)  # type: ignore[arg-type]

    def _check_closed(self, what: str) -> None:
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

    def _ended(self, turn: Turn, now: float) -> Outgoing:
        self._open.remove(turn)
        turn.close()
        if self._open:
            self._open[0].comes_first(now)
        ended = turn.ended()
        self._log.debug("utterance ended", utterance=turn.number, frames=ended["frames"])
        return encode_json(ended)

    def _drop(self, turn: Turn, error: A2FError) -> None:
        """The utterance ends with an error; the socket goes on."""
        if turn is self._input:
            self._input = None
        turn.close()
        self._open.remove(turn)
        self._say_error(error, turn.number)
        self._log.info("utterance failed", utterance=turn.number, code=error.code, reason=error.message)
