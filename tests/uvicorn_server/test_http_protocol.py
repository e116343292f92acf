"""Clients that break the limits of HTTP get an error and lose their connection; others are not affected."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest

from a2f_server.api.service import MOST_ANSWER_BYTES
from a2f_server.uvicorn_server import http_protocol
from a2f_server.uvicorn_server.http_protocol import MOST_HEADER_BYTES, MOST_LINE
from tests.support.running import Running, run_server
from tests.support.sounds import buzz, wav
from tests.support.waiting import until
from tests.tts.toy import ToyVoice

UPGRADE = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
KEY = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"


@pytest.fixture
def short_limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """A server with short time limits."""
    monkeypatch.setattr(http_protocol, "HEADER_S", 0.2)
    monkeypatch.setattr(http_protocol, "WINDOW_S", 0.3)
    with run_server() as running:
        yield running


def answer(server: Running, *parts: bytes) -> tuple[int, dict[str, str]]:
    """Sends parts of a request; returns status and body of the answer, after which the connection must be closed."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as client:
        for part in parts:
            try:
                client.sendall(part)
            except OSError:  # the server answered before the end
                break
        received = b""
        while True:
            try:
                more = client.recv(1 << 16)
            except ConnectionResetError:
                break
            if not more:
                break
            received += more
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body) if body else {}


def connection(server: Running) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=20)


def is_healthy(server: Running) -> bool:
    with server.http() as http:
        return http.get("/health").status_code == 200


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /health HTTP/1.1\r\nX: " + b"a" * (MOST_LINE + 1) + b"\r\n\r\n",
        b"GET /" + b"a" * (MOST_LINE + 1) + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /health HTTP/1.1\r\n" + b"X: 1\r\n" * 200 + b"\r\n",
        b"GET /health HTTP/1.1\r\n" + (b"X: " + b"a" * 4000 + b"\r\n") * (MOST_HEADER_BYTES // 4000 + 1) + b"\r\n",
    ],
    ids=["line", "url", "count", "sum"],
)
def test_headers_that_are_too_large_get_431(server: Running, request_: bytes) -> None:
    status, body = answer(server, request_)
    assert (status, body["code"]) == (431, "too_large")
    assert is_healthy(server)


def test_headers_without_an_end_get_431(server: Running) -> None:
    status, _ = answer(server, b"GET /health HTTP/1.1\r\nX: ", *[b"a" * (1 << 16)] * 64)
    assert status == 431


@pytest.mark.parametrize("start", [b"", b"GET /health HTTP/1.1\r\nX: 1", b"GET"], ids=["nothing", "half", "word"])
def test_slow_headers_get_408(short_limits: Running, start: bytes) -> None:
    status, body = answer(short_limits, start)
    assert (status, body["code"]) == (408, "timeout")


def test_a_second_request_has_a_time_limit_too(short_limits: Running) -> None:
    whole = b"GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(("127.0.0.1", short_limits.port), timeout=20) as client:
        client.sendall(whole)
        assert b" 200 " in client.recv(1 << 16)
        client.sendall(b"GET /ping HTTP/1.1\r\nHost: loc")
        assert b" 408 " in client.recv(1 << 16)
        assert client.recv(1 << 16) == b""


def test_a_stalled_upload_gets_408_and_frees_everything(short_limits: Running) -> None:
    head = b"POST /v1/animate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nRIFF"
    status, body = answer(short_limits, head)
    assert (status, body["code"]) == (408, "timeout")
    until(lambda: short_limits.service.engine.slots.taken == 0)


def test_a_request_that_was_answered_gets_no_second_answer(short_limits: Running) -> None:
    """Its body goes on slowly, so the connection ends."""
    head = b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nRIFF"
    status, body = answer(short_limits, head)
    assert status == 404
    assert body  # one JSON document: `answer` parses everything that came


def test_a_slow_response_is_not_limited_like_an_upload(short_limits: Running, voice: bytes) -> None:
    """The time limit of a body ends with the body."""
    with short_limits.http() as http:
        answer = http.post("/v1/animate", content=voice, headers={"Accept": "application/x-ndjson"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "extra",
    ["Cookie: " + "a" * 9000 + "\r\n", "".join(f"X-{i}: 1\r\n" for i in range(130))],
    ids=["long", "many"],
)
def test_a_handshake_that_breaks_a_limit_is_answered(server: Running, extra: str) -> None:
    status, _ = answer(server, f"GET /ws HTTP/1.1\r\nHost: localhost\r\n{UPGRADE}{KEY}{extra}\r\n".encode())
    assert status == 431


@pytest.mark.parametrize("extra", ["X-A: a\x07b\r\n", "X-A: \xe4\r\n", "Content-Length: 5\r\n"])
def test_a_handshake_is_never_left_without_an_answer(server: Running, extra: str) -> None:
    request = f"GET /ws HTTP/1.1\r\nHost: localhost\r\n{UPGRADE}{KEY}{extra}\r\n".encode("latin-1")
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as client:
        client.sendall(request)
        assert client.recv(100).startswith((b"HTTP/1.1 400", b"HTTP/1.1 101"))


CHUNKED = b"POST /v1/animate HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nRIFF\r\n"
ENDLESS = {
    "trailers": (b"0\r\n", b"X: " + b"a" * 1000 + b"\r\n"),
    "short trailers": (b"0\r\n", b"X: 1\r\n"),
    "a trailer": (b"0\r\nX: ", b"a" * 1000),
    "a chunk's extension": (b"1;x=", b"a" * 1000),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_endless_trailers_get_431(server: Running, kind: str) -> None:
    start, more = ENDLESS[kind]
    status, body = answer(server, CHUNKED + start, *[more * 64] * 64)
    assert (status, body["code"]) == (431, "too_large")
    assert is_healthy(server)


@pytest.mark.parametrize("kind", ENDLESS)
def test_endless_trailers_end_a_connection_that_was_answered(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "WINDOW_S", 1000)  # nor do they have to be slow
    start, more = ENDLESS[kind]
    with run_server(api_key="correct horse") as server, connection(server) as client:
        client.sendall(CHUNKED + start)
        assert client.recv(1 << 16).startswith(b"HTTP/1.1 401 ")
        with suppress(OSError):
            for _ in range(64):
                client.sendall(more * 64)
        until(lambda: not server.server.server_state.connections)


def test_trailers_never_reach_the_application(monkeypatch: pytest.MonkeyPatch, voice: bytes) -> None:
    """Its headers are a list that would grow while it runs."""
    with run_server() as server:
        seen: list[dict[bytes, bytes]] = []
        app = server.server.config.loaded_app

        async def spy(scope: Any, receive: Any, send: Any) -> None:
            await app(scope, receive, send)
            seen.append(dict(scope["headers"]))

        monkeypatch.setattr(server.server.config, "loaded_app", spy)
        with connection(server) as client:
            chunk = f"{len(voice):x}\r\n".encode() + voice + b"\r\n0\r\nAuthorization: x\r\n\r\n"
            client.sendall(CHUNKED.removesuffix(b"4\r\nRIFF\r\n") + chunk)
            assert client.recv(12) == b"HTTP/1.1 200"
        until(lambda: len(seen) == 1)
        assert b"authorization" not in seen[0]


def h2c(path: str, body: bytes, upgrade: str = "h2c", extra: str = "") -> bytes:
    """A request as Java's HttpClient sends it."""
    return (
        f"POST {path} HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nContent-Length: {len(body)}\r\n"
        f"Host: localhost\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\nUpgrade: {upgrade}\r\n"
        f"X-Empty:\r\n{extra}\r\n"
    ).encode() + body


def animated(server: Running, sound: bytes) -> Any:
    with server.http() as http:
        return http.post("/v1/animate", content=sound).json()


@pytest.mark.parametrize("upgrade", ["h2c", "H2C", "TLS/1.0", "h2c, websocket", "h2c\r\nUpgrade: h2c"])
@pytest.mark.parametrize("piece", [1 << 20, 1000])
def test_another_protocol_is_ignored_and_the_body_is_served(
    server: Running, voice: bytes, upgrade: str, piece: int
) -> None:
    request = h2c("/v1/animate", voice, upgrade, "Connection: close\r\n")
    status, body = answer(server, *(request[i : i + piece] for i in range(0, len(request), piece)))
    assert status == 200
    assert body == animated(server, voice)


def test_a_body_after_an_upgrade_in_chunks_is_served(server: Running, voice: bytes) -> None:
    head, _, _ = h2c("/v1/animate", b"").partition(b"\r\n\r\n")
    head = head.replace(b"Content-Length: 0", b"Transfer-Encoding: chunked").replace(b"Upgrade, ", b"Upgrade, close, ")
    status, body = answer(server, head + f"\r\n\r\n{len(voice):x}\r\n".encode() + voice + b"\r\n0\r\n\r\n")
    assert status == 200
    assert body == animated(server, voice)


def test_a_body_after_an_upgrade_is_never_a_request(server: Running) -> None:
    """Nor is what follows it lost: many requests that were sent ahead are answered one by one."""
    inner = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = b"GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with connection(server) as client:
        client.sendall(h2c("/nowhere", inner) * 50 + last)
        received = b""
        while more := client.recv(1 << 16):
            received += more
    assert received.count(b"HTTP/1.1 404 ") == 50
    assert received.count(b"HTTP/1.1 200 ") == 1


@pytest.mark.parametrize("target", ["localhost:443", "/ping"])
def test_the_server_is_no_proxy(server: Running, target: str) -> None:
    status, body = answer(server, f"CONNECT {target} HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\n".encode())
    assert (status, body["code"]) == (400, "bad_message")


GET = b"GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n"
UNAUTHORIZED = b"POST /v1/animate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nRI"


@pytest.mark.parametrize(("request_", "later"), [(GET, b"\r\n"), (GET, b"\r\n\r\n"), (GET, b""), (UNAUTHORIZED, b"FF")])
def test_a_connection_without_a_request_is_closed(request_: bytes, later: bytes) -> None:
    """An empty line, or the rest of a body that was answered already, does not keep it open."""
    with run_server(api_key="correct horse") as server:
        server.server.config.timeout_keep_alive = 1
        with connection(server) as client:
            client.sendall(request_)
            assert client.recv(1 << 16).startswith(b"HTTP/1.1 ")
            client.sendall(later)
            assert client.recv(1 << 16) == b""
        until(lambda: not server.server.server_state.connections)


def test_empty_lines_do_not_hold_up_the_next_request(server: Running) -> None:
    with connection(server) as client:
        for _ in range(3):
            client.sendall(b"\r\n" + GET + b"\r\n")
            assert client.recv(1 << 16).startswith(b"HTTP/1.1 200 ")


def test_too_many_connections_get_503() -> None:
    with run_server(max_connections=1) as server, ExitStack() as stack:
        stack.callback(lambda: None)
        most = 1 + 256
        clients = [
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=20)) for _ in range(most)
        ]
        until(lambda: len(server.server.server_state.connections) == most)
        status, body = answer(server)
        assert (status, body["code"]) == (503, "busy")
        for client in clients:
            client.close()
        until(lambda: not server.server.server_state.connections)
        assert is_healthy(server)


def test_an_unread_response_is_dropped() -> None:
    with run_server(send_timeout_s=0.3) as server, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", server.port))
        request = b"GET /vendor/swagger/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
        client.sendall(request)
        until(lambda: len(server.server.server_state.connections) == 1)
        until(lambda: not server.server.server_state.connections)


LONG = wav(buzz(60, 8000), 8000)


@pytest.mark.parametrize(
    ("path", "accept", "body"),
    [
        ("/v1/animate", "application/json", LONG),
        ("/v1/animate", "text/csv", LONG),
        ("/v1/animate", "application/x-ndjson", LONG),
        ("/v1/animate", "text/event-stream", LONG),
        ("/process-sync", "*/*", LONG),
        ("/v1/speak", "application/json", b'{"text": "' + b"a" * 600 + b'"}'),
        ("/v1/speak", "application/x-ndjson", b'{"text": "' + b"a" * 600 + b'"}'),
    ],
)
def test_an_unread_response_frees_everything(path: str, accept: str, body: bytes) -> None:
    with run_server(send_timeout_s=0.3, voice=ToyVoice()) as server, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", server.port))
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\nContent-Length: {len(body)}\r\n\r\n"
        client.sendall(head.encode() + body)
        until(lambda: len(server.server.server_state.connections) == 1)
        until(lambda: not server.server.server_state.connections)
        service = server.service
        until(lambda: not (service.engine.slots.taken or service.answers.held or service.uploads.held))
        assert not service.http_speeches


def test_answers_share_a_budget_of_memory(voice: bytes) -> None:
    with run_server(voice=ToyVoice()) as server, server.http() as http:
        server.service.answers.take(MOST_ANSWER_BYTES)
        for path, body in (("/v1/animate", voice), ("/process-sync", voice), ("/v1/speak", b'{"text": "abc"}')):
            answer = http.post(path, content=body)
            assert (answer.status_code, answer.json()["reason"]) == (503, "full")
        assert http.post("/v1/animate", content=voice, headers={"Accept": "text/event-stream"}).status_code == 200
        assert server.service.engine.slots.taken == 0
