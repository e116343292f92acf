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
from a2f_server.api.ws.turn import Outgoing, encode_json
from a2f_server.api.ws.utterance_queue import UtteranceQueue
from a2f_server.errors import A2FError, BadMessage, BadState, TimedOut, TooLarge
from a2f_server.web_server.websocket_protocol import EXTENSION, SocketProtocol

log = structlog.get_logger(__name__)

MOST_BAD_MESSAGES = 20
"""A client that does not learn is shown out."""
MOST_CONTROL = 1000
"""Control messages that may wait for a reader."""


class _Over(Exception):
    """The conversation ends."""


class Connection:
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
        address = socket.client.host if socket.client else None
        self._queue = UtteranceQueue(
            service,
            name=number,
            caller=service.auth.caller(address),
            say=self._say,
            say_error=lambda error, utterance: self._say_error(error, utterance=utterance),
            on_change=self._flush,
        )
        self._told = False
        """Whether the client was told that its audio belongs to nothing: a flood of audio is answered once."""
        self._bad_messages = 0
        self._fatal: A2FError | None = None
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
            self._queue.close()
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
        if len(data) > self._most_bytes:
            self._too_large(len(data))
        elif not self._queue.feed(data) and not self._told:
            self._told = True
            raise BadState("this audio belongs to no utterance: send a start message first")

    def _on_text(self, text: str) -> None:
        if len(text) > self._most_bytes:
            return self._too_large(len(text))
        self._told = False
        message = parse(text)
        match message:
            case Start():
                self._queue.start(message)
            case Emotions():
                self._queue.set_emotions(message)
            case End():
                self._queue.end()
            case Cancel():
                self._queue.cancel()
            case Speak():
                self._queue.speak(message)
            case Ping():
                self._say({"type": "pong", "id": message.id, "time": self._clock()})

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
        self._say({**error.as_json(), **which, "fatal": fatal})

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
        if self._queue.paced:  # frames that wait for their time are the emitting task's
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
        """What the server says itself goes first."""
        if not self._control and not self._fatal:
            message = self._queue.next_message(self._clock())
            if message is not None:
                return message
        return self._control.popleft() if self._control else None

    async def _wait(self) -> None:
        wait = self._queue.wait(self._clock())
        if wait is None:
            await self._changed.wait()
            return
        try:
            async with asyncio.timeout(wait + 0.001):
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
            if now - self._heard_at > settings.idle_s and self._queue.waits_for_client:
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
