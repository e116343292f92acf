"""The greeting of a WebSocket, as its client receives it."""

from __future__ import annotations

import socket

from tests.support.running import PATIENCE, run_server

HANDSHAKE = (
    "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def test_the_greeting_comes_in_one_packet_with_the_answer_of_the_handshake() -> None:
    with run_server() as server, socket.create_connection(("127.0.0.1", server.port), PATIENCE) as client:
        client.sendall(HANDSHAKE.encode())
        first = client.recv(1 << 16)
        assert first.startswith(b"HTTP/1.1 101")
        assert b'"type":"ready"' in first
