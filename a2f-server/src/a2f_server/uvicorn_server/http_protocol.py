"""uvicorn's HTTP protocol with limits: header size and time, slow bodies, slow readers, open connections."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from http import HTTPStatus
from time import monotonic
from typing import Any

import httptools
import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

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
WARN_S = 10.0
"""Seconds between warnings about too many connections."""

_CODES = {400: "bad_message", 408: "timeout", 431: "too_large", 503: "busy"}


class HttpProtocol(HttpToolsProtocol):
    """Answers clients that break a limit with 400, 408, 431 or 503, and closes their connections."""

    _warned = -WARN_S

    def __init__(self, *args: Any, most_connections: int, reader_s: float, **options: Any) -> None:
        """Takes uvicorn's arguments and two limits.

        most_connections: open connections, sockets included, beyond which new ones get 503.
        reader_s: seconds after which a client that reads an answer slower than LEAST_RATE is dropped.
        """
        super().__init__(*args, **options)
        self.most_connections, self.reader_s = most_connections, reader_s
        self._timer: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._unread_bytes = 0
        self._in_headers = True
        self._header_bytes = 0
        self._body_bytes = 0
        self._body_ends = 0.0
        self._refusal: tuple[int, str] | None = None

    # Connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Refuses the connection if there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self.most_connections:
            self._warn()
            return self._refuse(503, "this server has too many open connections; try again in a moment")
        self._after(HEADER_S, self._header_timeout)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops all timers."""
        self._stop_timers()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """Leaves the connection to the WebSocket protocol."""
        self._stop_timers()
        super().handle_websocket_upgrade()
        self.parser = None  # type: ignore[assignment] # it refers to this object: a cycle that outlives the upgrade

    def data_received(self, data: bytes) -> None:
        """Parses a part of a request; refuses headers without an end."""
        if self.transport.is_closing():
            return
        self._unset_keepalive_if_required()
        self._feed(data)
        if self._in_headers:
            self._header_bytes += len(data)
            if self._header_bytes > MOST_HEADER_BYTES and not self.transport.is_closing():
                self._refuse(431, "the headers of this request are too large")

    def _feed(self, data: bytes) -> None:
        """Feeds the parser as uvicorn does, without its warnings about errors of the client."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
        except httptools.HttpParserError:
            self._refuse(*(self._refusal or (400, "this is not an HTTP request")))

    # Headers

    def on_message_begin(self) -> None:
        """Starts the time limit of a request's headers."""
        super().on_message_begin()
        self._in_headers, self._header_bytes = True, 0
        self._after(HEADER_S, self._header_timeout)

    def on_headers_complete(self) -> None:
        """Checks the headers before the application sees the request; starts the time limits of its body."""
        self._in_headers, self._header_bytes = False, 0
        lines = [len(self.url), *(len(name) + len(value) for name, value in self.headers)]
        most = MOST_UPGRADE_LINE if self.parser.should_upgrade() else MOST_LINE
        if max(lines) > most or len(lines) > MOST_HEADERS or sum(lines) > MOST_HEADER_BYTES:
            self._refusal = 431, "a header of this request is too large, or there are too many"
            raise ValueError("headers")  # the parser passes it on as an HttpParserError
        super().on_headers_complete()
        self._body_bytes, self._body_ends = 0, monotonic() + BODY_S
        self._after(WINDOW_S, self._check_body)

    def _header_timeout(self) -> None:
        if self._in_headers and not (self.cycle and not self.cycle.response_complete):
            self._refuse(408, f"the headers of this request did not come within {HEADER_S:g} s")

    # Body

    def on_body(self, body: bytes) -> None:
        """Counts the bytes."""
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Ends the time limits: the request is complete."""
        self._stop(self._timer)
        self._timer, self._in_headers = None, False
        super().on_message_complete()

    def _check_body(self) -> None:
        slow = self._body_bytes < WINDOW_S * LEAST_RATE and not self.flow.read_paused
        if slow or monotonic() > self._body_ends:
            if self.cycle.response_complete:
                return self.transport.abort()
            return self._refuse(408, "this request's body arrives too slowly")
        self._body_bytes = 0
        self._after(WINDOW_S, self._check_body)

    # Answers

    def pause_writing(self) -> None:
        """Starts to watch how fast the client reads its answer."""
        super().pause_writing()
        self._watch_reader()

    def _watch_reader(self) -> None:
        self._unread_bytes = self.transport.get_write_buffer_size()
        self._unread = self.loop.call_later(self.reader_s, self._check_reader)

    def _check_reader(self) -> None:
        """Drops a client that read next to nothing. One that reads a large answer slowly may go on."""
        if self._unread_bytes - self.transport.get_write_buffer_size() < self.reader_s * LEAST_RATE:
            return self._drop()
        self._watch_reader()

    def resume_writing(self) -> None:
        """Stops the time limit of an answer that is read."""
        super().resume_writing()
        self._stop(self._unread)

    def _drop(self) -> None:
        log.info("dropped a client that does not read", seconds=self.reader_s)
        self.transport.abort()

    def _refuse(self, status: int, message: str) -> None:
        """Sends a typed error and closes. A request that the application is working on is cancelled."""
        self._stop_timers()
        log.info("request refused", status=status, reason=message, client=self.client and self.client[0])
        if self.cycle and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            if self.cycle.response_started:
                return self.transport.abort()
        body = json.dumps({"type": "error", "code": _CODES[status], "message": message}).encode()
        head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: application/json\r\n"
        retry = "Retry-After: 1\r\n" if status == 503 else ""
        self.transport.write(f"{head}{retry}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        self.transport.close()

    def _warn(self) -> None:
        now = monotonic()
        if now - HttpProtocol._warned >= WARN_S:
            HttpProtocol._warned = now
            log.warning("too many connections; new ones are refused", most=self.most_connections)

    # Timers

    def _after(self, seconds: float, call: Callable[[], None]) -> None:
        self._stop(self._timer)
        self._timer = self.loop.call_later(seconds, call)

    def _stop_timers(self) -> None:
        self._stop(self._timer)
        self._stop(self._unread)

    @staticmethod
    def _stop(timer: asyncio.TimerHandle | None) -> None:
        if timer:
            timer.cancel()
