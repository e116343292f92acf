"""A protocol error of a client is one line in the log, at level info, and never a traceback."""

from __future__ import annotations

import logging
import random
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.support.running import Running, run_server
from tests.support.sounds import buzz, wav
from tests.support.waiting import until

LINES = ("protocol error", "request refused")


class Records(logging.Handler):
    """Keeps what uvicorn, websockets and the event loop log."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.kept: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno > logging.INFO or record.exc_info:
            self.kept.append(f"{record.name} {record.getMessage()} {record.exc_info}")


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with run_server(max_message_bytes=20_000) as running:
        yield running


@pytest.fixture
def errors() -> Iterator[list[Any]]:
    """Yields the lines that our own code logs; nothing else may be logged above info, nor a traceback."""
    records, root = Records(), logging.getLogger()
    root.addHandler(records)
    try:
        with capture_logs() as ours:
            yield ours
    finally:
        root.removeHandler(records)
    assert not records.kept
    assert not [line for line in ours if line["log_level"] not in ("info", "debug") or "exc_info" in line]


def lines(ours: list[Any]) -> list[Any]:
    return [line for line in ours if line["event"] in LINES]


def frame(payload: bytes, first: int = 0x82, mask: int = 0x80) -> bytes:
    size = len(payload)
    length = bytes([mask | size]) if size < 126 else bytes([mask | 126]) + struct.pack("!H", size)
    return bytes([first]) + length + (bytes(4) if mask else b"") + payload


def session(server: Running) -> str:
    with server.http() as http:
        answer = http.post("/process", content=wav(buzz(20, 8000), 8000))
    return f"/ws/{answer.json()['session_id']}"


def works(server: Running) -> bool:
    with server.talk() as talk:
        talk.expect("ready")
        talk.say("ping")
        return bool(talk.expect("pong"))


BAD_FRAMES = {
    "reserved bits": frame(b"x", first=0xF2),
    "unknown opcode": frame(b"x", first=0x83),
    "unknown control opcode": frame(b"x", first=0x8B),
    "not masked": frame(b"x", mask=0),
    "a ping of 126 bytes": frame(bytes(126), first=0x89),
    "a ping in fragments": frame(b"x", first=0x09),
    "a continuation of nothing": frame(b"x", first=0x80),
    "a new message inside another": frame(b"a", first=0x01) + frame(b"b", first=0x01),
    "text that is not UTF-8": frame(b"\xff\xfe", first=0x81),
    "half a character": frame(b"\xe2\x82", first=0x81),
    "text in fragments that is not UTF-8": frame(b"\xff", first=0x01) + frame(b"\xfe", first=0x80),
    "a close code that does not exist": frame(struct.pack("!H", 999), first=0x88),
    "a close of one byte": frame(b"x", first=0x88),
    "a close reason that is not UTF-8": frame(b"\x03\xe8\xff", first=0x88),
    "a size of 2^63": b"\x82\xff" + b"\xff" * 8 + bytes(4),
    "a size above the limit": b"\x82\xff" + struct.pack("!Q", 1 << 30) + bytes(4),
    "fragments above the limit": frame(bytes(30_000), first=0x02) + frame(bytes(30_000), first=0x80),
    "an HTTP request": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "several at once": frame(b"x", first=0xF2) * 5 + frame(b"{}", first=0x81),
}


@pytest.mark.parametrize("older", [False, True], ids=["ws", "older client"])
@pytest.mark.parametrize("name", BAD_FRAMES)
def test_a_bad_frame_is_one_line(server: Running, errors: list[Any], name: str, older: bool) -> None:
    path = session(server) if older else "/ws"
    with server.talk(path) as talk:
        if older:
            talk.socket.send('{"action": "start"}')
        talk.hear()
        talk.socket.socket.sendall(BAD_FRAMES[name])
        until(lambda: not server.service.connections)
    assert len(lines(errors)) == 1, lines(errors)
    assert lines(errors)[0]["event"] == "protocol error"
    assert works(server)


UPGRADE = b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
VERSION, KEY = b"Sec-WebSocket-Version: 13\r\n", b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"

BAD_REQUESTS = {
    "garbage": b"\x00\xff\x16\x03\x01" * 20,
    "TLS": bytes.fromhex("16030100c8010000c40303") + bytes(190),
    "no method": b" / HTTP/1.1\r\n\r\n",
    "an unknown method": b"FLY / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "HTTP/9.9": b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\nHost localhost\r\n\r\n",
    "a header with a NUL": b"GET / HTTP/1.1\r\nX: a\0b\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length of x": b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    "a huge length": b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "length and chunks": b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a bad chunk": b"POST /v1/animate HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a URL of other bytes": b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a URL without a slash": b"GET x:y:z HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a broken IPv6 URL": b"GET http://[::1/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a handshake without a key": UPGRADE + VERSION + b"\r\n",
    "a handshake with a bad key": UPGRADE + VERSION + b"Sec-WebSocket-Key: x\r\n\r\n",
    "a handshake of version 8": UPGRADE + b"Sec-WebSocket-Version: 8\r\n" + KEY + b"\r\n",
    "a handshake with POST": UPGRADE.replace(b"GET", b"POST") + VERSION + KEY + b"\r\n",
    "a handshake with a length": UPGRADE + VERSION + KEY + b"Content-Length: 5\r\n\r\nabcde",
    "a handshake with chunks": UPGRADE + VERSION + KEY + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a handshake with a control character": UPGRADE + VERSION + KEY + b"X: a\x07b\r\n\r\n",
    "a handshake of HTTP/1.0": (UPGRADE + VERSION + KEY + b"\r\n").replace(b"HTTP/1.1", b"HTTP/1.0"),
    "a handshake of other bytes": (UPGRADE + VERSION + KEY + b"\r\n").replace(b"/ws", b"/ws?x=\xe4"),
    "another upgrade": UPGRADE.replace(b"websocket", b"h2c") + b"\r\n",
    "CONNECT": b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n",
}


@contextmanager
def connection(server: Running) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as client:
        yield client


def answer(client: socket.socket) -> bytes:
    """Returns the first bytes of the answer; b"" if the server closes without one."""
    try:
        return client.recv(1 << 16)
    except ConnectionResetError:
        return b""


@pytest.mark.parametrize("name", BAD_REQUESTS)
def test_a_bad_request_is_one_line(server: Running, errors: list[Any], name: str) -> None:
    with connection(server) as client:
        client.sendall(BAD_REQUESTS[name])
        assert answer(client).startswith(b"HTTP/1.1 "), "every request is answered"
    until(lambda: not server.server.server_state.connections)
    assert len(lines(errors)) <= 1, lines(errors)
    assert works(server)


def test_random_bytes_leave_no_traceback(server: Running, errors: list[Any]) -> None:
    random_ = random.Random(0)
    good = [frame(b'{"type": "ping"}', first=0x81), frame(bytes(100)), frame(b"x", first=0x89), frame(b"", first=0x88)]
    for _ in range(150):
        with server.talk() as talk:
            talk.hear()
            data = bytearray(b"".join(random_.choices(good, k=6)))
            for _ in range(random_.randrange(1, 8)):
                data[random_.randrange(len(data))] = random_.randrange(256)
            talk.socket.socket.sendall(data)
    until(lambda: not server.service.connections)
    assert works(server)


def test_random_requests_leave_no_traceback(server: Running, errors: list[Any]) -> None:
    random_ = random.Random(0)
    whole = UPGRADE + VERSION + KEY + b"\r\n"
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(random_.randrange(1, 4)):
            data[random_.randrange(len(data))] = random_.randrange(256)
        with connection(server) as client:
            client.sendall(data)
    until(lambda: not server.server.server_state.connections)
    assert works(server)


def test_clients_that_vanish_leave_no_traceback(server: Running, errors: list[Any]) -> None:
    """At any point of a handshake, a message or an upload."""
    upload = b"POST /v1/animate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nRIFF"
    handshake = UPGRADE + VERSION + KEY + b"\r\n"
    for data in (handshake, handshake + frame(b'{"type": "ping"}', first=0x81), handshake + b"\x82\xff", upload):
        for size in range(0, len(data), 7):
            with connection(server) as client:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.sendall(data[:size])
    until(lambda: not server.server.server_state.connections and not server.service.connections)
    assert works(server)
    assert not server.service.uploads.held
