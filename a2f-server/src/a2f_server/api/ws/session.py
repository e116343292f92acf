"""One WebSocket: hands over its messages, sends the answers, and closes it when it breaks a limit."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Coroutine
from time import thread_time
from typing import Any, Protocol

from starlette.types import Receive, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from a2f_server.api.callers import Caller
from a2f_server.api.service import Service
from a2f_server.api.ws.turn import Outgoing
from a2f_server.errors import A2FError, TimedOut, TooLarge, Unauthorized
from a2f_server.uvicorn_server.websocket_protocol import EXTENSION, SocketProtocol

MOST_CONTROL_BYTES = 256 << 10
"""Bytes of control messages that may wait for a client that does not read."""
MOST_UNREAD_AUDIO, MOST_AUDIO, LEAST_AUDIO = 4 << 20, 16 << 20, 1 << 20
"""Bytes of audio that may wait: on a socket whose client does not read; on all sockets together; and on any one socket
even while all together exceed their limit (30 s at 16 kHz)."""
MOST_REASON_BYTES = 123
"""Maximum length of the reason in a close frame (RFC 6455, 5.5), in bytes."""


class Source(Protocol):
    """The utterances of a socket, from which its messages come."""

    @property
    def waiting_bytes(self) -> int:
        """Bytes of the client's audio that wait for the model or the reader."""

    @property
    def waits_for_client(self) -> bool:
        """True while there is nothing left for the server to do."""

    @property
    def paced(self) -> bool:
        """True if frames are held back until their time."""

    def next_message(self, now: float) -> Outgoing | None:
        """Returns the next message that may leave at `now`."""

    def wait(self, now: float) -> float | None:
        """Returns the seconds until a frame that is held back may leave; None if there is none."""

    def check_time(self, now: float) -> None:
        """Ends an utterance whose client takes too long to send the audio."""

    def dispose(self) -> None:
        """Frees everything for good: nothing is sent any more."""


class SocketSession(ABC):
    """The state of one socket. `run` returns once it is closed and everything is freed."""

    _source: Source
    """Set by the subclass."""

    def __init__(
        self, socket: WebSocket, receive: Receive, send: Send, service: Service, number: int, caller: Caller
    ) -> None:
        """`receive` and `send` are the ASGI channels of the accepted socket. Our own web server offers a fast path
        beside them (uvicorn_server/websocket_protocol.py)."""
        self._socket, self._service, self._number, self._caller = socket, service, number, caller
        self._address = socket.client.host if socket.client else "unknown"
        self._receive_message, self._send_message = receive, send
        self._fast_path: SocketProtocol | None = socket.scope.get("extensions", {}).get(EXTENSION)
        self._clock = service.engine.clock
        self._most_bytes = service.settings.max_message_bytes
        self._changed = asyncio.Event()
        self._control: deque[Outgoing] = deque()
        self._control_bytes = 0
        self._fatal: A2FError | None = None
        self._close_code = 1011
        self._received_at = self._clock()
        self._sending_since: float | None = None

    @abstractmethod
    def _on_message(self, message: bytes | str) -> None:
        """Handles a message of the client."""

    async def run(self) -> None:
        """Serves the socket until one side closes it."""
        if self._fast_path:  # before the greeting: its answer takes the fast path, too
            self._fast_path.on_message, self._fast_path.overfull = self._handle, self._overfull
        try:
            self._flush()
            await first_of(self._receive(), self._emit(), self._watch())
        except OSError:
            pass
        finally:
            if self._fast_path:
                self._fast_path.on_message = None
            self._source.dispose()
        if self._fatal:
            await self._close(self._fatal)

    def fail(self, error: A2FError, *, close: int | None = None) -> None:
        """Closes the socket, with the error's close code unless `close` gives one, once waiting messages are sent."""
        if self._fatal is None:
            # their frames refer to this object, and would keep it until a garbage collection
            error.__traceback__ = error.__context__ = None
            self._fatal, self._close_code = error, close or error.close or 1011
            self._changed.set()

    # Input

    async def _receive(self) -> None:
        while True:
            message = await self._receive_message()
            if message["type"] == "websocket.disconnect":
                return
            data, begun = message.get("bytes"), thread_time()
            self._handle(message["text"] if data is None else data)
            if self._fast_path:
                self._fast_path.spend(thread_time() - begun)

    def _charge(self, seconds: float) -> None:
        """Takes seconds from the socket's budget of time."""
        if self._fast_path:
            self._fast_path.charge(seconds)

    def _overfull(self) -> bool:
        """Returns True while no more audio should be read."""
        waiting = self._source.waiting_bytes
        if waiting <= LEAST_AUDIO:
            return False
        unread = self._sending_since is not None and waiting > MOST_UNREAD_AUDIO
        return unread or self._service.engine.waiting_bytes > MOST_AUDIO

    def _handle(self, message: bytes | str) -> None:
        self._received_at = self._clock()
        if not self._fatal:
            self._on_message(message)

    def _too_large(self, size: int, limit: int) -> None:
        self.fail(TooLarge(f"a message of {size} bytes is larger than the {limit} that this server takes: cut it"))

    # Output

    def _put(self, message: Outgoing) -> None:
        """Sends a control message as soon as possible."""
        self._control.append(message)
        self._control_bytes += len(message)
        self._changed.set()

    def _flush(self) -> None:
        """Sends what is ready on the fast path; if that is not available, wakes the emitting task."""
        fast = self._fast_path
        if not fast or self._fatal or self._sending_since is not None or not fast.ready():
            self._changed.set()
            return
        while (message := self._next_message()) is not None:
            if not fast.write(message):
                self._changed.set()
                return
        if self._source.paced:  # the emitting task sends frames that wait for their time
            self._changed.set()

    async def _emit(self) -> None:
        """Sends the rest: greetings, errors, and frames that wait for their time or for a slow reader."""
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
            message = self._source.next_message(self._clock())
            if message is not None:
                return message
        if not self._control:
            return None
        message = self._control.popleft()
        self._control_bytes -= len(message)
        return message

    async def _wait(self) -> None:
        wait = self._source.wait(self._clock())
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
            self._source.check_time(now)
            self._check_key()
            if now - self._received_at > settings.idle_s and self._source.waits_for_client:
                self.fail(TimedOut(f"nothing came for {settings.idle_s:g} s; connect again when you need to"))

    def _check_key(self) -> None:
        try:
            self._caller.require_valid()
        except Unauthorized as error:
            self.fail(error)

    def _give_up(self, message: str) -> None:
        """Closes the socket of a client that does not read, without sending the error."""
        self._fatal = TimedOut(message)
        self._close_code = 1008

    async def _close(self, error: A2FError) -> None:
        """Closes the socket. A client that does not read would never finish the closing handshake, so it is dropped."""
        try:
            async with asyncio.timeout(1.0):
                await self._socket.close(self._close_code, close_reason(error))
        except (TimeoutError, RuntimeError, OSError, WebSocketDisconnect):
            pass
        if isinstance(error, TimedOut) and self._fast_path:
            self._fast_path.abort()


def close_reason(error: A2FError) -> str:
    """Returns the message, cut to what fits into a close frame."""
    return error.message.encode()[:MOST_REASON_BYTES].decode(errors="ignore")


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
