"""uvicorn's HTTP protocol with limits: header size and time, slow bodies, slow readers, open connections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any, NoReturn

import httptools
import structlog

from a2f_server.uvicorn_server.connection_limit import ConnectionLimit
from a2f_server.uvicorn_server.handshake_pacer import HandshakePacer
from a2f_server.uvicorn_server.reader_watch import ReaderWatch
from a2f_server.uvicorn_server.refusal import refusal
from a2f_server.uvicorn_server.upgrades import UpgradeIgnoringProtocol

log = structlog.get_logger(__name__)

MOST_LINE, MOST_UPGRADE_LINE = 24 << 10, 8000
"""Bytes of the request line and of each header line; websockets does not read longer ones than these of an upgrade."""
MOST_HEADERS, MOST_HEADER_BYTES = 100, 32 << 10
HEADER_S = 10.0
"""Seconds from the connection, or the first byte of a request, to the end of its headers."""
WINDOW_S, LEAST_RATE = 10.0, 4096
"""A body must deliver at least this many bytes per second in every window, unless the server itself pauses it. A
client must read an answer as fast."""
BODY_S = 300.0
"""Seconds that a whole body may take."""


class HttpProtocol(UpgradeIgnoringProtocol):
    """Answers clients that break a limit with 400, 408, 431 or 503, and closes their connections."""

    def __init__(
        self,
        *args: Any,
        connection_limit: ConnectionLimit,
        handshakes: HandshakePacer,
        reader_s: float,
        **options: Any,
    ) -> None:
        """Takes uvicorn's arguments and three limits.

        connection_limit: open connections, sockets included, beyond which new ones get 503.
        handshakes: begins those of WebSockets.
        reader_s: seconds after which a client that reads an answer slower than LEAST_RATE is dropped.
        """
        super().__init__(*args, **options)
        self._connection_limit, self._handshakes = connection_limit, handshakes
        self._held = False
        """True once a handshake had to wait."""
        self._timer: asyncio.TimerHandle | None = None
        self._reader = ReaderWatch(self.loop, reader_s, LEAST_RATE)
        self._in_headers, self._in_body = True, False
        self._bytes = 0  # since the last request, or the last byte of a body
        self._trailers: list[int] = []
        self._body_bytes = 0
        self._body_ends = 0.0
        self._refusal: tuple[int, str] | None = None

    # Connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Refuses the connection if there are too many."""
        super().connection_made(transport)
        if reason := self._connection_limit.exceeded(self.client and self.client[0], self.connections):
            return self._refuse(503, reason)
        self._after(HEADER_S, self._header_timeout)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops all timers."""
        self._stop_timers()
        self._handshakes.drop(self)
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """Leaves the connection to the WebSocket protocol, as soon as the event loop has time for it."""
        self._stop_timers()
        self.parser = None  # type: ignore[assignment] # it refers to this object: a cycle that outlives the upgrade
        if not self._handshakes.begin(self, self._become_socket):
            self._held = True
            self.transport.pause_reading()

    def _become_socket(self) -> None:
        if not self.transport.is_closing():
            super().handle_websocket_upgrade()
            if self._held:
                self.transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        """Parses a part of a request; refuses headers and trailers without an end."""
        if self.transport.is_closing():
            return
        self._bytes += len(data)
        self._feed(data)
        if self.transport.is_closing() or self.parser is None:  # refused, or a WebSocket now
            return
        if (self._in_headers or self._in_body) and self._bytes > MOST_HEADER_BYTES:
            self._refuse(431, "the headers or trailers of this request are too large")
        else:
            self._limit_idleness()

    def _feed(self, data: bytes) -> None:
        """Feeds the parser as uvicorn does, without its warnings about errors of the client."""
        try:
            self.parse(data)
        except httptools.HttpParserError:
            self._refuse(*(self._refusal or (400, "this is not an HTTP request")))

    def _limit_idleness(self) -> None:
        """Keeps the limit of keep-alive running between two requests, whatever arrives there: uvicorn ends it with any
        byte, also with an empty line or the rest of a body that was answered before its end."""
        if self._in_headers or self._in_body or self._answering:
            self._unset_keepalive_if_required()
        elif self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    @property
    def _answering(self) -> bool:
        """True while the application works on a request."""
        return bool(self.cycle and not self.cycle.response_complete)

    # Headers

    def on_message_begin(self) -> None:
        """Starts the time limit of a request's headers."""
        super().on_message_begin()
        self._in_headers = True
        self._after(HEADER_S, self._header_timeout)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Drops trailers: the application has the headers already. They count like headers."""
        if not self._in_body:
            return super().on_header(name, value)
        self._trailers.append(len(name) + len(value))
        self._check_lines(self._trailers, MOST_LINE)

    def on_headers_complete(self) -> None:
        """Checks the headers before the application sees the request; starts the time limits of its body."""
        if self.upgrade_is_ignored:
            return
        if self.parser.get_method() == b"CONNECT":
            self._give_up(400, "this server is no proxy: it does not know CONNECT")
        lines = [len(self.url), *(len(name) + len(value) for name, value in self.headers)]
        self._check_lines(lines, MOST_UPGRADE_LINE if self.parser.should_upgrade() else MOST_LINE)
        super().on_headers_complete()
        self._in_headers, self._in_body, self._bytes, self._trailers = False, True, 0, []
        self._body_bytes, self._body_ends = 0, monotonic() + BODY_S
        self._after(WINDOW_S, self._check_body)

    def _check_lines(self, lines: list[int], most: int) -> None:
        if max(lines) > most or len(lines) > MOST_HEADERS or sum(lines) > MOST_HEADER_BYTES:
            self._give_up(431, "a header or trailer of this request is too large, or there are too many")

    def _give_up(self, status: int, message: str) -> NoReturn:
        self._refusal = status, message
        raise ValueError(message)  # the parser passes it on as an HttpParserError

    def _header_timeout(self) -> None:
        if self._answering:  # this request was sent ahead
            return self._after(HEADER_S, self._header_timeout)
        self._refuse(408, f"the headers of this request did not come within {HEADER_S:g} s")

    # Body

    def on_body(self, body: bytes) -> None:
        """Counts the bytes."""
        self._bytes, self._trailers = 0, []
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Ends the time limits: the request is complete."""
        if self.upgrade_is_ignored:
            return
        self._stop(self._timer)
        self._in_body, self._bytes = False, 0
        super().on_message_complete()

    def _check_body(self) -> None:
        slow = self._body_bytes < WINDOW_S * LEAST_RATE and not self.flow.read_paused
        if slow or monotonic() > self._body_ends:
            return self._refuse(408, "this request's body arrives too slowly")
        self._body_bytes = 0
        self._after(WINDOW_S, self._check_body)

    # Answers

    def pause_writing(self) -> None:
        """Starts to watch how fast the client reads its answer."""
        super().pause_writing()
        self._reader.start(self.transport)

    def resume_writing(self) -> None:
        """Stops the time limit of an answer that is read."""
        super().resume_writing()
        self._reader.stop()

    def _refuse(self, status: int, message: str) -> None:
        """Sends a typed error and closes. A request that the application is working on is cancelled.

        One that was answered before its end gets no second answer.
        """
        self._stop_timers()
        log.info("request refused", status=status, message=message, client=self.client and self.client[0])
        if self._in_body and not self._answering:
            return self.transport.abort()
        if self._answering:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            if self.cycle.response_started:
                return self.transport.abort()
        self.transport.write(refusal(status, message))
        self.transport.close()

    # Timers

    def _after(self, seconds: float, call: Callable[[], None]) -> None:
        self._stop(self._timer)
        self._timer = self.loop.call_later(seconds, call)

    def _stop_timers(self) -> None:
        self._stop(self._timer)
        self._reader.stop()

    @staticmethod
    def _stop(timer: asyncio.TimerHandle | None) -> None:
        if timer:
            timer.cancel()
