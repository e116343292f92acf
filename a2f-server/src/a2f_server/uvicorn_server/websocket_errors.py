"""uvicorn's WebSocket protocol, with one log line per error of a client, and no tracebacks."""

from __future__ import annotations

from typing import Any

import structlog
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

log = structlog.get_logger(__name__)


class ErrorLoggingProtocol(WebSocketsSansIOProtocol):
    """Answers and logs protocol errors. The application sees a client that disconnected."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._closed_by_us = False
        """True once an error of the client has closed the socket: the application does not know it yet."""

    def handle_connect(self, event: Any) -> None:
        """Logs a handshake that is refused."""
        super().handle_connect(event)
        if self.response.status_code != 101:
            self._log_error(self.response.status_code, "this is not a handshake of a WebSocket")

    def data_received(self, data: bytes) -> None:
        """Passes data to uvicorn, which does not answer a handshake that it cannot read."""
        super().data_received(data)
        if not self.handshake_initiated:
            self._log_error(400, "the handshake cannot be read")  # its text may contain a token
            self.transport.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            self.transport.close()

    def handle_parser_exception(self) -> None:
        """Logs the error as one line, then closes."""
        if not self.close_sent:
            sent = self.conn.close_sent
            self._log_error(sent.code if sent else 1002, str(self.conn.parser_exc or "invalid UTF-8"))
        self._closed_by_us = True
        super().handle_parser_exception()

    def keepalive_timeout(self) -> None:
        """Closes the socket of a client that answers no ping."""
        self._closed_by_us = True
        super().keepalive_timeout()

    async def send(self, message: Any) -> None:
        """Sends a message of the application. If the socket was closed here, the application sees a disconnect."""
        try:
            await super().send(message)
        except RuntimeError:
            if self._closed_by_us:
                raise ClientDisconnected from None
            raise

    def send_receive_event_to_app(self) -> None:
        """Closes with 1007 if a text is not UTF-8, for which uvicorn logs a traceback."""
        if self.curr_msg_data_type == "text" and not self.close_sent and not _is_utf8(b"".join(self.frames)):
            self.frames = []
            self.conn.send_close(1007)
            return self.handle_parser_exception()
        super().send_receive_event_to_app()

    def _log_error(self, code: int, reason: str) -> None:
        log.info("protocol error", code=code, reason=reason[:200], client=self.client and self.client[0])


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
