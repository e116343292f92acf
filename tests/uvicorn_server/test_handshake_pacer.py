"""A storm of connections beside a live utterance: handshakes wait for their share of the event loop, none is lost."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from a2f_server.uvicorn_server import handshake_pacer
from a2f_server.uvicorn_server.handshake_pacer import HandshakePacer
from a2f_server.uvicorn_server.time_budget import FloodShare
from tests.support.running import PATIENCE, Running, Talk, pcm, run_server

HANDSHAKE = (
    "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
STORM = 30


@pytest.fixture
def exhausted(monkeypatch: pytest.MonkeyPatch) -> None:
    """One handshake uses up the time of all others beside live utterances, for good."""
    monkeypatch.setattr(handshake_pacer, "HANDSHAKES", FloodShare(each=1, together=0, burst=1e-9))


@pytest.mark.usefixtures("exhausted")
@pytest.mark.anyio
class TestPacer:
    async def test_without_live_utterances_nothing_waits(self) -> None:
        pacer, begun = HandshakePacer(lambda: False), []
        for number in range(100):
            assert pacer.begin(number, lambda number=number: begun.append(number))  # type: ignore[misc]
        assert begun == list(range(100))

    async def test_they_wait_for_the_end_of_live_utterances_and_keep_their_order(self) -> None:
        live, begun = [True], []
        pacer = HandshakePacer(lambda: bool(live))
        at_once = [pacer.begin(n, lambda n=n: begun.append(n)) for n in range(STORM)]  # type: ignore[misc]
        assert (at_once, begun) == ([True] + [False] * (STORM - 1), [0])
        pacer.drop(7)
        live.clear()
        while len(begun) < STORM - 1:
            await asyncio.sleep(0)
        assert begun == [n for n in range(STORM) if n != 7]

    async def test_what_an_idle_server_did_is_no_debt(self) -> None:
        live: list[bool] = []
        pacer, begun = HandshakePacer(lambda: bool(live)), []
        for number in range(STORM):
            pacer.begin(number, lambda number=number: begun.append(number))  # type: ignore[misc]
        live.append(True)
        assert pacer.begin(STORM, lambda: begun.append(STORM))


@pytest.mark.anyio
async def test_the_share_lets_some_begin_beside_live_utterances(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handshake_pacer, "HANDSHAKES", FloodShare(each=1, together=1, burst=1e-6))
    pacer, begun = HandshakePacer(lambda: True), []
    for number in range(STORM):
        pacer.begin(number, lambda number=number: begun.append(number))  # type: ignore[misc]
    while len(begun) < STORM:
        await asyncio.sleep(0.001)
    assert begun == list(range(STORM))


@contextmanager
def live_talk(server: Running, voice: bytes) -> Iterator[Talk]:
    """Yields a connection with an utterance that has a slot."""
    with server.talk() as talk:
        talk.expect("ready")
        talk.start()
        talk.expect("started")
        talk.send(pcm(voice)[:8000])
        assert isinstance(talk.hear(), bytes)
        yield talk


def knock(server: Running) -> socket.socket:
    """Returns a connection that has sent its handshake."""
    client = socket.create_connection(("127.0.0.1", server.port), PATIENCE)
    client.sendall(HANDSHAKE.encode())
    return client


def answered(client: socket.socket) -> bool:
    """Returns whether anything has come."""
    client.setblocking(False)
    try:
        return bool(client.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False
    finally:
        client.settimeout(PATIENCE)


def greeting(client: socket.socket) -> bytes:
    """Returns what the server sends up to its first message."""
    received = b""
    while b'"ready"' not in received:
        received += client.recv(4096) or pytest.fail("the connection was lost")
    return received


@pytest.mark.usefixtures("exhausted")
def test_a_storm_waits_while_an_utterance_is_live_and_none_of_it_is_lost(voice: bytes) -> None:
    with run_server() as server, ExitStack() as clients, live_talk(server, voice) as talk:
        first = clients.enter_context(knock(server))
        greeting(first)
        storm = [clients.enter_context(knock(server)) for _ in range(STORM)]
        gone = knock(server)
        gone.close()
        for i in range(20):
            talk.say("ping", id=i)
            assert talk.expect("pong")["id"] == i
        with server.http() as http:
            assert http.get("/ping").status_code == 200, "health checks do not wait"
        assert not any(answered(client) for client in storm)
        talk.say("end")
        talk.expect("end")
        assert all(b"101 Switching" in greeting(client) for client in storm)
