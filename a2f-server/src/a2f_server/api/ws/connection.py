"""One WebSocket connection, for any number of utterances (docs/protocol.md)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine
from time import thread_time
from typing import Any

import structlog
from starlette.types import Receive, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from a2f_server.api.callers import Caller
from a2f_server.api.encoding import encode_json
from a2f_server.api.messages import MOST_TEXT_BYTES, Cancel, Emotions, End, Ping, Speak, Start, parse, refused_request
from a2f_server.api.service import Service
from a2f_server.api.ws.turn import Outgoing
from a2f_server.api.ws.utterance_queue import UtteranceQueue
from a2f_server.errors import A2FError, BadMessage, BadState, TimedOut, TooLarge
from a2f_server.uvicorn_server.websocket_protocol import EXTENSION, SocketProtocol

log = structlog.get_logger(__name__)

MOST_BAD_MESSAGES = 20
"""Bad messages since the last valid `start` or `speak`, after which the socket is closed."""
MOST_CONTROL_BYTES = 256 << 10
"""Bytes of control messages that may wait for a client that does not read."""
MOST_UNREAD_AUDIO, MOST_AUDIO, LEAST_AUDIO = 4 << 20, 16 << 20, 1 << 20
"""Bytes of audio that may wait: on a socket whose client does not read; on all sockets together; and on any one socket
even while all together exceed their limit (30 s at 16 kHz)."""


class Connection:
    """The state of one socket. `run` returns once it is closed and everything is freed."""

    def __init__(
        self, socket: WebSocket, receive: Receive, send: Send, service: Service, number: int, caller: Caller
    ) -> None:
        """`receive` and `send` are the ASGI channels of the accepted socket. Our own web server offers a fast path
        beside them (uvicorn_server/websocket_protocol.py)."""
        self._socket, self._service, self._number = socket, service, number
        self._log = log.bind(connection=number)  # the engine calls in here too, outside this connection's context
        self._receive_message, self._send_message = receive, send
        self._fast_path: SocketProtocol | None = socket.scope.get("extensions", {}).get(EXTENSION)
        self._clock = service.engine.clock
        self._most_bytes = service.settings.max_message_bytes
        self._most_text = min(self._most_bytes, MOST_TEXT_BYTES)
        self._changed = asyncio.Event()
        self._control: deque[str] = deque()
        self._control_bytes = 0
        self._queue = UtteranceQueue(
            service,
            name=number,
            address=socket.client.host if socket.client else "unknown",
            caller=caller,
            send=self._enqueue,
            send_error=lambda error, utterance: self._enqueue_error(error, utterance=utterance),
            on_change=self._flush,
        )
        self._warned_of_stray_audio = False
        """True once audio outside an utterance was reported: a flood gets one error."""
        self._bad_messages = 0
        self._fatal: A2FError | None = None
        self._close_code = 1011
        self._received_at = self._clock()
        self._sending_since: float | None = None

    async def run(self) -> None:
        """Serves the socket until one side closes it."""
        self._enqueue(self._service.ready())
        try:
            await first_of(self._receive(), self._emit(), self._watch())
        except OSError:
            pass
        finally:
            if self._fast_path:
                self._fast_path.on_message = None
            self._queue.dispose()
        if self._fatal:
            await self._close(self._fatal)

    def fail(
        self, error: A2FError, *, close: int | None = None, request: str | None = None, utterance: int | None = None
    ) -> None:
        """Sends a fatal error, then closes the socket with its close code or another one."""
        if self._fatal is None:
            self._fatal, self._close_code = error, close or error.close or 1011
            self._enqueue_error(error, fatal=True, request=request, utterance=utterance)

    # Input

    async def _receive(self) -> None:
        if self._fast_path:
            self._fast_path.on_message, self._fast_path.overfull = self._handle, self._overfull
        while True:
            message = await self._receive_message()
            if message["type"] == "websocket.disconnect":
                return
            data, begun = message.get("bytes"), thread_time()
            self._handle(message["text"] if data is None else data)
            if self._fast_path:
                self._fast_path.spend(thread_time() - begun)

    def _overfull(self) -> bool:
        """Returns True while no more audio should be read."""
        waiting = self._queue.waiting_bytes
        if waiting <= LEAST_AUDIO:
            return False
        unread = self._sending_since is not None and waiting > MOST_UNREAD_AUDIO
        return unread or self._service.engine.waiting_bytes > MOST_AUDIO

    def _handle(self, message: bytes | str) -> None:
        self._received_at = self._clock()
        if self._fatal:
            return
        try:
            if isinstance(message, bytes):
                self._on_audio(message)
            else:
                self._on_text(message)
        except A2FError as error:
            self._refuse(message, error)

    def _on_audio(self, data: bytes) -> None:
        if len(data) > self._most_bytes:
            self._too_large(len(data), self._most_bytes)
        elif not self._queue.add_audio(data) and not self._warned_of_stray_audio:
            self._warned_of_stray_audio = True
            raise BadState("this audio belongs to no utterance: send a start message first")

    def _on_text(self, text: str) -> None:
        if len(text) > self._most_text:
            return self._too_large(len(text), self._most_text)
        self._warned_of_stray_audio = False
        message = parse(text)
        match message:
            case Start():
                self._queue.start(message)
                self._bad_messages = 0
            case Emotions():
                self._queue.set_emotions(message)
            case End():
                self._queue.end()
            case Cancel():
                self._queue.cancel()
            case Speak():
                self._queue.speak(message)
                self._bad_messages = 0
            case Ping():
                self._enqueue({"type": "pong", "id": message.id, "time": self._clock()})

    def _too_large(self, size: int, limit: int) -> None:
        self.fail(TooLarge(f"a message of {size} bytes is larger than the {limit} that this server takes: cut it"))

    def _refuse(self, message: bytes | str, error: A2FError) -> None:
        """Answers a message that cannot be carried out, naming it and the utterance that it asked for."""
        request, utterance = ("audio", None) if isinstance(message, bytes) else refused_request(message)
        if utterance is not None and not self._queue.is_new(utterance):
            utterance = None  # the error would end the utterance that has this number
        self._bad_messages += isinstance(error, BadMessage)
        if isinstance(error, BadMessage) and self._bad_messages >= MOST_BAD_MESSAGES:
            self.fail(error, close=1008, request=request, utterance=utterance)
        else:
            self._enqueue_error(error, request=request, utterance=utterance)

    # Output

    def _enqueue(self, message: dict[str, Any]) -> None:
        text = encode_json(message)
        self._control.append(text)
        self._control_bytes += len(text)
        self._changed.set()

    def _enqueue_error(
        self, error: A2FError, *, request: str | None = None, utterance: int | None = None, fatal: bool = False
    ) -> None:
        self._service.metrics.errors.labels(error.code).inc()
        optional = {"request": request, "utterance": utterance}
        named = {name: value for name, value in optional.items() if value is not None}
        self._enqueue({**error.as_json(), **named, "fatal": fatal})

    def _flush(self) -> None:
        """Sends what there is on the fast path; if that is not available, wakes the emitting task."""
        fast = self._fast_path
        if not fast or self._fatal or self._sending_since is not None or not fast.ready():
            self._changed.set()
            return
        while (message := self._next_message()) is not None:
            fast.write(message)
            if not fast.ready():
                self._changed.set()
                return
        if self._queue.paced:  # the emitting task sends frames that wait for their time
            self._changed.set()

    async def _emit(self) -> None:
        """Sends what the fast path leaves: greetings, errors, and frames that wait for their time or a slow reader."""
        while True:
            self._changed.clear()
            while (message := self._next_message()) is not None:
                await self._send(message)
            if self._fatal:
                return
            await self._wait()

    def _next_message(self) -> Outgoing | None:
        """Returns the next message; control messages go first."""
        if not self._control and not self._fatal:
            message = self._queue.next_message(self._clock())
            if message is not None:
                return message
        if not self._control:
            return None
        text = self._control.popleft()
        self._control_bytes -= len(text)
        return text

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
        await self._send_message({"type": "websocket.send", "bytes" if isinstance(message, bytes) else "text": message})
        self._sending_since = None

    # Limits

    async def _watch(self) -> None:
        settings = self._service.settings
        pause = min(settings.idle_s, settings.send_timeout_s, 4.0) / 4
        while True:
            await asyncio.sleep(pause)
            now = self._clock()
            if self._sending_since is not None and now - self._sending_since > settings.send_timeout_s:
                return self._give_up(f"the client read nothing for {settings.send_timeout_s:g} s")
            if self._sending_since is not None and self._control_bytes > MOST_CONTROL_BYTES:
                return self._give_up(f"{self._control_bytes} bytes wait for a client that does not read")
            self._queue.check_time(now)
            if now - self._received_at > settings.idle_s and self._queue.waits_for_client:
                self.fail(TimedOut(f"nothing came for {settings.idle_s:g} s; connect again when you need to"))

    def _give_up(self, message: str) -> None:
        """Closes the socket of a client that does not read, without sending the error."""
        self._fatal = TimedOut(message)
        self._close_code = 1008

    async def _close(self, error: A2FError) -> None:
        """Closes the socket. A client that does not read would never finish the closing handshake, so it is dropped."""
        try:
            async with asyncio.timeout(1.0):
                await self._socket.close(self._close_code, error.message[:100])
        except (TimeoutError, RuntimeError, OSError, WebSocketDisconnect):
            pass
        if isinstance(error, TimedOut) and self._fast_path:
            self._fast_path.abort()


async def first_of(*parts: Coroutine[Any, Any, None]) -> None:
    """Runs coroutines side by side until the first one ends, then cancels the others; raises what one of them raised.

    Unlike with a TaskGroup, no exception is left that refers to itself through its traceback: everything about a closed
    socket would stay in memory until a garbage collection.
    """
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    try:
        for task in tasks:
            if not task.cancelled():
                task.result()
    finally:
        del task, tasks
