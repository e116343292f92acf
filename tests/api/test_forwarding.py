"""Requests that a worker passes on to the first one arrive as they are, and so do the answers."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from a2f_server.api.forwarding import ForwardToFirst, FromWorker, is_restarting
from a2f_server.api.middleware import with_headers
from a2f_server.api.service import Service
from a2f_server.backends.mock.backend import MockBackend
from a2f_server.motion import profiles
from a2f_server.settings import Settings
from a2f_server.worker_group.group import WorkerGroup
from tests.support.waiting import PATIENCE, until

BIG = bytes(range(256)) * 8192
SEEN: list[str] = []
GO_ON = threading.Event()


async def echo(request: Request) -> Response:
    return Response(await request.body(), headers={"x-length": request.headers.get("content-length", "none")})


async def about(request: Request) -> Response:
    names = sorted(name for name in request.headers if name in ("te", "a2f-client", "x-kept", "host"))
    client = list(request.client) if request.client else None
    return JSONResponse({"client": client, "scheme": request.url.scheme, "headers": names, "path": str(request.url)})


async def slowly(request: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        yield b"first"
        await asyncio.to_thread(GO_ON.wait, PATIENCE)
        yield b"last"

    return StreamingResponse(parts(), headers={"set-cookie": "a=1"})


async def abandoned(request: Request) -> Response:
    SEEN.append("begun")
    try:
        async for _ in request.stream():
            pass
    except ClientDisconnect:
        SEEN.append("disconnected")
    return PlainTextResponse("")


async def early(request: Request) -> Response:
    return PlainTextResponse("too large", 413)


async def broken(request: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        yield b"first"
        raise ConnectionError

    return StreamingResponse(parts())


ROUTES = [
    Route("/there/echo", echo, methods=["POST"]),
    Route("/there/about", about),
    Route("/there/slowly", slowly),
    Route("/there/abandoned", abandoned, methods=["POST"]),
    Route("/there/early", early, methods=["POST"]),
    Route("/there/broken", broken),
]


@contextmanager
def serving(app: ASGIApp, **listening: object) -> Iterator[uvicorn.Server]:
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, log_level="critical", **listening))  # type: ignore[arg-type]
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    try:
        yield server
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


@pytest.fixture(scope="module")
def worker() -> Iterator[httpx.Client]:
    with TemporaryDirectory() as folder:
        group = WorkerGroup(1, 2, folder=Path(folder))
        here = Starlette(routes=[Route("/here", lambda request: PlainTextResponse("here"))])
        forwarding = ForwardToFirst(here, group, ["/there"], is_restarting)
        with (
            serving(FromWorker(Starlette(routes=ROUTES)), uds=str(group.socket_of(0))),
            serving(forwarding, port=0) as server,
        ):
            port = server.servers[0].sockets[0].getsockname()[1]
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as http:
                yield http


def test_other_requests_stay_here(worker: httpx.Client) -> None:
    assert worker.get("/here").text == "here"


def test_bodies_arrive_whole(worker: httpx.Client) -> None:
    answer = worker.post("/there/echo", content=BIG)
    assert answer.content == BIG
    assert answer.headers["x-length"] == str(len(BIG))
    streamed = worker.post("/there/echo", content=(BIG[i : i + 9999] for i in range(0, len(BIG), 9999)))
    assert streamed.content == BIG
    assert streamed.headers["x-length"] == "none"
    assert worker.post("/there/echo").content == b""


@pytest.mark.parametrize(
    "head",
    [
        "GET /there/about HTTP/1.0",
        "GET /there/about HTTP/1.1\r\nHost: a\r\nHost: b",
        "GET /there/about HTTP/1.1\r\nHost: a\r\nX-Kept:\t a \t",
        "GET /there/about HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0",
    ],
)
def test_unusual_requests_are_answered_as_there(worker: httpx.Client, head: str) -> None:
    with socket.create_connection(("127.0.0.1", worker.base_url.port), PATIENCE) as client:
        client.sendall(f"{head}\r\n\r\n".encode())
        assert client.recv(20).startswith(b"HTTP/1.1 200")


def test_an_answer_has_one_date(worker: httpx.Client) -> None:
    assert len(worker.get("/there/about").headers.get_list("date")) == 1


def test_the_first_worker_knows_the_client(worker: httpx.Client) -> None:
    headers = {"te": "trailers", "a2f-client": '["9.9.9.9", 1, "https"]', "x-kept": "1"}
    found = worker.get("/there/about?a=b%20c&d", headers=headers).json()
    assert found["client"][0] == "127.0.0.1"
    assert found["scheme"] == "http"
    assert found["headers"] == ["a2f-client", "host", "x-kept"]
    assert found["path"].endswith("/there/about?a=b%20c&d")


def test_answers_arrive_in_parts(worker: httpx.Client) -> None:
    with worker.stream("GET", "/there/slowly") as answer:
        parts = answer.iter_bytes()
        assert next(parts) == b"first"
        assert answer.headers["set-cookie"] == "a=1"
        GO_ON.set()
        assert b"".join(parts) == b"last"


def test_a_client_that_hangs_up_is_gone_there_too(worker: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        yield b"a" * 1000
        until(lambda: "begun" in SEEN)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        worker.post("/there/abandoned", content=endless())
    until(lambda: "disconnected" in SEEN)


def test_an_answer_may_come_before_the_end_of_the_body(worker: httpx.Client) -> None:
    assert worker.post("/there/early", content=BIG[:5000]).status_code == 413


def test_a_head_has_no_body(worker: httpx.Client) -> None:
    answer = worker.head("/there/about")
    assert answer.status_code == 200
    assert answer.content == b""


def test_an_answer_that_breaks_off_does_so_here(worker: httpx.Client) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        worker.get("/there/broken")


def test_without_a_first_worker_the_server_is_busy_and_pages_can_read_that(tmp_path: Path) -> None:
    settings = Settings(backend="mock", tts="none", allowed_origins="https://a.example")
    restarting = with_headers(is_restarting, Service(settings, MockBackend(), profiles.load()))
    forwarding = ForwardToFirst(Starlette(), WorkerGroup(1, 2, folder=tmp_path), ["/v1/video"], restarting)
    with serving(forwarding, port=0) as server:
        port = server.servers[0].sockets[0].getsockname()[1]
        headers = {"Origin": "https://a.example"}
        answer = httpx.post(f"http://127.0.0.1:{port}/v1/video", content=b"a", headers=headers, timeout=PATIENCE)
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert answer.headers["access-control-allow-origin"] == "https://a.example"
    assert answer.headers["x-content-type-options"] == "nosniff"
