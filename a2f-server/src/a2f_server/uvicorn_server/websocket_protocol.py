"""uvicorn's WebSocket protocol with a fast path for the messages that make up nearly all of a stream, and with limits.

uvicorn passes every message through a general parser, a queue and a task. With hundreds of streams of 25 messages a
second that is most of the server's work (docs/decisions.md). Here complete data frames of a client go straight to the
connection, and its messages straight to the transport, as long as nothing waits in uvicorn's queue. Everything else
(handshake, fragments, pings, closes, oversized frames, a slow reader) is left to uvicorn and websockets.

A socket may use a few milliseconds of every turn of the event loop, and a small share of its time in the long run. One
that sends more is not read for a while: TCP makes its client wait, and the others are not late.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter
from typing import Any

from a2f_server.uvicorn_server import websocket_frames as frames
from a2f_server.uvicorn_server.time_budget import FLOOD, TimeBudget
from a2f_server.uvicorn_server.websocket_errors import ErrorLoggingProtocol
from a2f_server.uvicorn_server.work_clock import WorkClock

EXTENSION = "a2f.fast_path"
"""Name in the ASGI scope's extensions."""

TURN_S = 0.002
"""Seconds that a socket may use in one turn of the event loop."""
OVERFULL_S = 0.05
"""Seconds between checks of whether the application wants to read again."""
BURST_S = 0.05
"""Seconds that a socket may use in a burst."""
QUEUED_S = 0.004
"""Seconds until a heavy socket asks again whether it may have a turn."""

_clock = WorkClock()


class SocketProtocol(ErrorLoggingProtocol):
    """Offers the fast path as the ASGI extension EXTENSION: a connection sets `on_message` and calls `write`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.on_message: Callable[[bytes | str], None] | None = None
        self.overfull: Callable[[], bool] = _never
        """Returns True while the application wants nothing to be read."""
        self._unread = bytearray()
        self._budget = TimeBudget(BURST_S, FLOOD, perf_counter())
        self._resuming: asyncio.Handle | None = None
        self._in_fragments = False
        self._answer = b""
        """The answer of the handshake, held back to the end of a turn of the event loop."""

    def handle_connect(self, event: Any) -> None:
        """Adds the extension to the scope."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[EXTENSION] = self

    # Out

    def ready(self) -> bool:
        """Returns True if a message may take the fast path: the socket is open and its client keeps up."""
        return self.handshake_complete and self.writable.is_set() and not (self.close_sent or self.disconnected)

    def write(self, message: bytes | str) -> bool:
        """Sends a message; call it only while `ready`. Returns False if the client no longer keeps up."""
        frame = frames.make(message)
        if self._answer:
            frame, self._answer = self._answer + frame, b""
        self.transport.write(frame)
        return self.writable.is_set()

    async def send(self, message: Any) -> None:
        """Sends a message of the application as uvicorn does, but a greeting in one packet with the handshake."""
        if self.handshake_complete or message["type"] != "websocket.accept":
            self._send_answer()
            return await super().send(message)
        transport, held = self.transport, _HeldAnswer()
        self.transport = held  # type: ignore[assignment]
        try:
            await super().send(message)
        finally:
            self.transport = transport
        if held.data and not transport.is_closing():
            self._answer = held.data
            self.loop.call_soon(self._send_answer)

    def _send_answer(self) -> None:
        if self._answer:
            self.transport.write(self._answer)
            self._answer = b""

    def abort(self) -> None:
        """Drops the connection. A closing handshake would never end with a client that does not read."""
        self.transport.abort()

    # In

    async def receive(self) -> Any:
        """Returns a message that did not take the fast path, as soon as this socket may use the event loop again."""
        message = await super().receive()
        wait = self._wait_s()
        while wait and message["type"] != "websocket.disconnect":
            await asyncio.sleep(wait)
            wait = self._wait_s()
        return message

    def spend(self, seconds: float) -> None:
        """Counts the application's work on such a message, in seconds of `thread_time`."""
        self._budget.work(seconds, perf_counter())

    def charge(self, seconds: float) -> None:
        """Takes seconds from this socket's budget that it did not use: what it sent is of no use to anyone."""
        self._budget.spend(seconds, perf_counter())

    def _wait_s(self) -> float:
        now = perf_counter()
        queued = self._budget.is_heavy(now) and FLOOD.left(now) <= 0
        return self._budget.wait(now) or (QUEUED_S if queued else 0.0)

    def data_received(self, data: bytes) -> None:
        """Passes on complete frames only: uvicorn never holds half of one."""
        if not self.handshake_initiated:
            return super().data_received(data)
        if self._resuming:
            self._unread += data
            self.transport.pause_reading()  # uvicorn resumed it
        elif self._unread:
            self._unread += data
            if self._frame_end(self._unread, 0) is not None:
                self._handle_unread()
        else:
            self._handle_all(data)

    def keepalive_timeout(self) -> None:
        """Closes the socket of a client that answers no ping, unless it is the server that does not read."""
        if self.overfull() and not (self.close_sent or self.transport.is_closing()):
            self.pong_timer = self.pending_ping_payload = None
            return self.schedule_ping()
        super().keepalive_timeout()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets frames that were not handled, and everything that refers back to this object."""
        if self._resuming:
            self._resuming.cancel()
        self._budget.close()
        self._unread.clear()
        self.overfull = _never
        super().connection_lost(exc)
        self.conn.parser.close()
        if hasattr(self, "scope"):
            self.scope["extensions"].pop(EXTENSION, None)

    def _handle_unread(self) -> None:
        data = bytes(self._unread)
        self._unread.clear()
        self._handle_all(data)

    def _handle_all(self, data: bytes) -> None:
        """Handles frames for as long as the budget allows; keeps the rest."""
        now = begun = _clock.start()
        allowed = min(TURN_S, FLOOD.left(now)) if self._budget.is_heavy(now) else TURN_S
        if allowed <= 0:
            self._unread += data
            return self._pause(QUEUED_S)
        at, used = 0, 0.0
        while used < allowed and not self._budget.spent and (end := self._frame_end(data, at)) is not None:
            self._on_frame(data, at, end)
            now = perf_counter()
            at, used = end, _clock.used(begun, now)
        if at < len(data):
            self._unread += data[at:]
        wait = self._budget.work(used, now)
        if self.overfull():
            wait = max(wait, OVERFULL_S)
        if wait or (self._unread and self._frame_end(self._unread, 0) is not None):
            self._pause(wait)

    def _pause(self, seconds: float) -> None:
        """Stops reading for a while, in favour of the other sockets."""
        self.transport.pause_reading()
        self._resuming = self.loop.call_later(seconds, self._resume) if seconds else self.loop.call_soon(self._resume)

    def _resume(self) -> None:
        self._resuming = None
        self._budget.wait(perf_counter())  # a socket that has nothing more to say leaves its share to others
        if self.overfull() and not self.transport.is_closing():
            return self._pause(OVERFULL_S)
        if self._frame_end(self._unread, 0) is not None:
            self._handle_unread()
        if not (self._resuming or self.read_paused or self.transport.is_closing()):
            self.transport.resume_reading()

    def _frame_end(self, data: bytes | bytearray, at: int) -> int | None:
        """Returns the end of the frame at `at`, None if it is incomplete. A wrong one is passed on immediately."""
        try:
            return frames.end(data, at, self.config.ws_max_size)
        except frames.FrameTooLarge:
            self.on_message = None  # uvicorn refuses it and closes
            return len(data)

    def _on_frame(self, data: bytes, at: int, end: int) -> None:
        first = data[at]
        if first & 0x0F == frames.PING and not self.writable.is_set():
            return None  # a client that does not read gets no pongs
        fast = self.on_message and first in (frames.TEXT, frames.BINARY) and frames.is_masked(data, at)
        if not fast or self._in_fragments or not self.queue.empty() or self.close_sent:
            if not first & frames.CONTROL:
                self._in_fragments = not first & frames.FINAL
            return super().data_received(data[at:end])
        payload = frames.payload(data, at, end)
        if first == frames.BINARY:
            self.on_message(payload)  # type: ignore[misc]
        else:
            self._on_text(payload, data[at:end])

    def _on_text(self, payload: bytes, frame: bytes) -> None:
        try:
            text = payload.decode()
        except UnicodeDecodeError:
            return super().data_received(frame)  # which closes with 1007
        assert self.on_message
        self.on_message(text)


class _HeldAnswer:
    """Takes the place of the transport while uvicorn answers a handshake."""

    data = b""

    def write(self, data: bytes) -> None:
        self.data += data

    def is_closing(self) -> bool:
        return False


def _never() -> bool:
    return False
