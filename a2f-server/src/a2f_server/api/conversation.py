"""`WS /ws`: one socket is one conversation, which carries many utterances (docs/protocol.md)."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

import structlog
from starlette.types import Receive, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from a2f_server.api.messages import Cancel, Emotions, End, Ping, Speak, Start, parse
from a2f_server.api.service import Service
from a2f_server.api.turn import Outgoing, Turn, encode_json, make_turn
from a2f_server.errors import A2FError, BadMessage, BadState, TimedOut, TooLarge, TtsUnavailable
from a2f_server.websocket import EXTENSION, SocketProtocol

log = structlog.get_logger(__name__)

MOST_BAD_MESSAGES = 20
"""A client that does not learn is shown out."""
LAST_NUMBER = 2**32 - 1
"""What the header of a binary message can say."""
MOST_CONTROL = 1000
"""Control messages that may wait for a reader."""


class _Over(Exception):
    """The conversation ends."""


class Conversation:
    """The state of one socket. `run` returns when it is closed and everything is freed."""

    def __init__(self, socket: WebSocket, receive: Receive, send: Send, service: Service, number: int) -> None:
        """`receive` and `send` are the socket's own ASGI channels, once it is accepted. Under our own web server
        messages take its short way instead (websocket.py)."""
        self._socket, self._service, self._number = socket, service, number
        self._log = log.bind(connection=number)  # the engine calls in here too, without this connection's context
        self._hear, self._tell = receive, send
        self._short: SocketProtocol | None = socket.scope.get("extensions", {}).get(EXTENSION)
        self._clock = service.engine.clock
        self._most_bytes = service.settings.max_message_bytes
        self._changed = asyncio.Event()
        self._control: deque[Outgoing] = deque()
        self._turns: list[Turn] = []
        self._input: Turn | None = None
        self._told = False
        """Whether the client was told that its audio belongs to nothing: a flood of audio is answered once."""
        self._last_number = 0
        self._bad_messages = 0
        self._fatal: A2FError | None = None
        self._paced = False
        """Whether an utterance asked for real-time pace: its frames wait for the emitting task."""
        self._heard_at = self._clock()
        self._sending_since: float | None = None

    async def run(self) -> None:
        """Talks until one side closes."""
        self._say(self._service.ready())
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._receive())
                tasks.create_task(self._emit())
                tasks.create_task(self._watch())
        except* (_Over, OSError):
            pass
        finally:
            if self._short:
                self._short.on_message = None
            for turn in self._turns:
                turn.close()
        if self._fatal:
            await self._close(self._fatal)

    def fail(self, error: A2FError) -> None:
        """Ends the conversation with a fatal error, said before the socket closes."""
        if self._fatal is None:
            self._fatal = error
            self._say_error(error, fatal=True)

    # Input

    async def _receive(self) -> None:
        if self._short:
            self._short.on_message = self._handle
        while True:
            message = await self._hear()
            if message["type"] == "websocket.disconnect":
                raise _Over
            data = message.get("bytes")
            self._handle(message["text"] if data is None else data)

    def _handle(self, message: bytes | str) -> None:
        self._heard_at = self._clock()
        if self._fatal:
            return
        try:
            if isinstance(message, bytes):
                self._on_audio(message)
            else:
                self._on_text(message)
        except BadMessage as error:
            self._on_bad_message(error)
        except A2FError as error:
            self._say_error(error)

    def _on_audio(self, data: bytes) -> None:
        turn = self._input
        if len(data) > self._most_bytes:
            self._too_large(len(data))
        elif turn:
            try:
                turn.feed(data)
            except A2FError as error:
                self._drop(turn, error)
        elif not self._told:
            self._told = True
            raise BadState("this audio belongs to no utterance: send a start message first")

    def _on_text(self, text: str) -> None:
        if len(text) > self._most_bytes:
            return self._too_large(len(text))
        self._told = False
        message = parse(text)
        match message:
            case Start():
                self._on_start(message)
            case Emotions():
                self._on_emotions(message)
            case End():
                self._on_end()
            case Cancel():
                self._on_cancel()
            case Speak():
                raise TtsUnavailable("this server has no voice; send the audio of your own TTS with start")
            case Ping():
                self._say({"type": "pong", "id": message.id, "time": self._clock()})

    def _on_start(self, start: Start) -> None:
        if self._input:
            raise BadState(f"utterance {self._input.number} is still open: send end or cancel before the next start")
        number = self._next_number(start)
        try:
            turn = make_turn(self._service, start, number, self._flush, f"{self._number}/{number}")
        except BadMessage:
            raise
        except A2FError as error:
            return self._say_error(error, utterance=number)
        self._last_number = number
        self._paced |= start.pace == "realtime"
        self._turns.append(turn)
        self._input = turn
        self._say(turn.started())
        self._log.debug("utterance started", utterance=number)

    def _next_number(self, start: Start) -> int:
        number = start.utterance or self._last_number + 1
        if number <= self._last_number:
            last = self._last_number
            raise BadMessage(f"utterance: {number} was used before; numbers must increase, the last was {last}")
        if number > LAST_NUMBER:
            raise BadMessage(f"utterance: numbers end at {LAST_NUMBER}; connect again to count from 1")
        return number

    def _on_emotions(self, message: Emotions) -> None:
        turn = self._input or (self._turns[-1] if self._turns else None)
        if turn:
            turn.set_emotions(message)
        else:
            raise BadState("emotions came before start: give them in start, or after it")

    def _on_end(self) -> None:
        turn, self._input = self._input, None
        if turn:
            try:
                turn.end()
            except A2FError as error:
                self._drop(turn, error)
        else:
            raise BadState("end came before start: there is no utterance to end")

    def _on_cancel(self) -> None:
        self._input = None
        for turn in self._turns:
            turn.close()
            self._say({"type": "cancelled", "utterance": turn.number})
        self._turns.clear()

    def _drop(self, turn: Turn, error: A2FError) -> None:
        """The utterance ends with an error; the socket goes on."""
        if turn is self._input:
            self._input = None
        turn.close()
        self._turns.remove(turn)
        self._say_error(error, utterance=turn.number)
        self._log.info("utterance failed", utterance=turn.number, code=error.code, reason=error.message)

    def _too_large(self, size: int) -> None:
        limit = self._most_bytes
        self.fail(TooLarge(f"a message of {size} bytes is larger than the {limit} that this server takes: cut it"))

    def _on_bad_message(self, error: BadMessage) -> None:
        self._bad_messages += 1
        if self._bad_messages >= MOST_BAD_MESSAGES:
            error.close = 1008
            self.fail(error)
        else:
            self._say_error(error)

    # Output

    def _say(self, message: dict[str, Any]) -> None:
        self._control.append(encode_json(message))
        self._changed.set()

    def _say_error(self, error: A2FError, *, utterance: int | None = None, fatal: bool = False) -> None:
        self._service.metrics.errors.labels(error.code).inc()
        which = {} if utterance is None else {"utterance": utterance}
        self._say({"type": "error", "code": error.code, "message": error.message, **which, "fatal": fatal})

    def _flush(self) -> None:
        """Sends what there is on the short way; where that is closed, the emitting task is told."""
        short = self._short
        if not short or self._fatal or self._sending_since is not None or not short.ready():
            self._changed.set()
            return
        while (message := self._next_message()) is not None:
            short.write(message)
            if not short.ready():
                self._changed.set()
                return
        if self._paced:
            self._changed.set()

    async def _emit(self) -> None:
        """What the short way leaves: greetings, errors, frames that wait for their time or for a slow reader."""
        while True:
            self._changed.clear()
            while (message := self._next_message()) is not None:
                await self._send(message)
            if self._fatal:
                raise _Over
            await self._wait()

    def _next_message(self) -> Outgoing | None:
        """What the server says itself goes first; then utterances, one after another."""
        if self._control:
            return self._control.popleft()
        if self._fatal or not self._turns:
            return None
        return self._turn_message(self._turns[0])

    def _turn_message(self, turn: Turn) -> Outgoing | None:
        try:
            message = turn.next_message(self._clock())
        except A2FError as error:
            self._drop(turn, error)
            return self._control.popleft()
        if message is None and turn.finished:
            self._turns.remove(turn)
            turn.close()
            ended = turn.ended()
            self._log.debug("utterance ended", utterance=turn.number, frames=ended["frames"])
            return encode_json(ended)
        return message

    async def _wait(self) -> None:
        held = [turn for turn in self._turns if turn.holds]
        if not held:
            await self._changed.wait()
            return
        try:
            async with asyncio.timeout(min(turn.wait(self._clock()) for turn in held) + 0.001):
                await self._changed.wait()
        except TimeoutError:
            pass

    async def _send(self, message: Outgoing) -> None:
        self._sending_since = self._clock()
        await self._tell({"type": "websocket.send", "bytes" if isinstance(message, bytes) else "text": message})
        self._sending_since = None

    # Limits

    async def _watch(self) -> None:
        settings = self._service.settings
        pause = min(settings.idle_s, settings.send_timeout_s, 4.0) / 4
        while True:
            await asyncio.sleep(pause)
            now = self._clock()
            if self._sending_since is not None and now - self._sending_since > settings.send_timeout_s:
                self._fatal = TimedOut(f"the client read nothing for {settings.send_timeout_s:g} s")
                raise _Over
            if self._sending_since is not None and len(self._control) > MOST_CONTROL:
                self._fatal = TimedOut(f"{MOST_CONTROL} messages wait for a client that does not read")
                raise _Over
            if now - self._heard_at > settings.idle_s and all(turn.input_open for turn in self._turns):
                self.fail(TimedOut(f"nothing came for {settings.idle_s:g} s; connect again when you need to"))

    async def _close(self, error: A2FError) -> None:
        """A reader that does not read would keep a closing handshake waiting for ever: it is cut off."""
        try:
            async with asyncio.timeout(1.0):
                await self._socket.close(error.close or 1011, error.message[:100])
        except (TimeoutError, RuntimeError, OSError, WebSocketDisconnect):
            pass
        if isinstance(error, TimedOut) and self._short:
            self._short.abort()
