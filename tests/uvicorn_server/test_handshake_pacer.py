"""A storm of connections beside a live utterance: handshakes wait for their share of the event loop, none is lost."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from a2f_server.uvicorn_server import handshake_pacer
from a2f_server.uvicorn_server.handshake_pacer import HandshakePacer
from a2f_server.uvicorn_server.time_budget import FloodShare
from tests.support.running import PATIENCE, Running, Talk, pcm, run_server

pytestmark = pytest.mark.anyio

HANDSHAKE = (
    "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
STORM = 30


@pytest.fixture
def exhausted(monkeypatch: pytest.MonkeyPatch) -> None:
    """One handshake uses up the time of all others beside live utterances, for good."""
    monkeypatch.setattr(handshake_pacer, "HANDSHAKES", FloodShare(each=1, together=0, burst=1e-9))


class Begun:
    """Records the handshakes that have begun."""

    def __init__(self, expected: int) -> None:
        self.numbers: list[int] = []
        self.complete = asyncio.Event()
        self._expected = expected

    def ask(self, pacer: HandshakePacer, number: int) -> bool:
        return pacer.begin(number, lambda: self._note(number))

    def _note(self, number: int) -> None:
        self.numbers.append(number)
        if len(self.numbers) == self._expected:
            self.complete.set()


class FixedClock:
    """Says that each piece of work took as long."""

    def start(self) -> float:
        return 0.0

    def used(self, begun: float, now: float) -> float:
        return 0.001


def paced(
    live: Callable[[], bool], *, strained: bool = False, on_spent: Callable[[float], None] = lambda seconds: None
) -> HandshakePacer:
    return HandshakePacer(live, lambda: strained, on_spent)


@pytest.mark.usefixtures("exhausted")
async def test_without_live_utterances_nothing_waits() -> None:
    pacer, begun = paced(lambda: False), Begun(STORM)
    assert all(begun.ask(pacer, number) for number in range(STORM))
    assert begun.numbers == list(range(STORM))


@pytest.mark.usefixtures("exhausted")
async def test_they_wait_for_the_end_of_live_utterances_and_keep_their_order() -> None:
    live, begun = [True], Begun(STORM - 1)
    pacer = paced(lambda: bool(live))
    assert [begun.ask(pacer, number) for number in range(STORM)] == [True] + [False] * (STORM - 1)
    assert begun.numbers == [0]
    pacer.drop(7)
    live.clear()
    await begun.complete.wait()
    assert begun.numbers == [number for number in range(STORM) if number != 7]


@pytest.mark.usefixtures("exhausted")
async def test_what_an_idle_server_did_is_no_debt() -> None:
    live: list[bool] = []
    pacer, begun = paced(lambda: bool(live)), Begun(STORM)
    for number in range(STORM):
        begun.ask(pacer, number)
    live.append(True)
    assert begun.ask(pacer, STORM)


async def test_the_share_lets_some_begin_beside_live_utterances(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handshake_pacer, "HANDSHAKES", FloodShare(each=1, together=1, burst=1e-6))
    pacer, begun = paced(lambda: True), Begun(STORM)
    for number in range(STORM):
        begun.ask(pacer, number)
    await begun.complete.wait()
    assert begun.numbers == list(range(STORM))


@pytest.mark.parametrize(("strained", "begun"), [(False, 20), (True, 4)])
async def test_fewer_begin_while_frames_are_nearly_late(
    monkeypatch: pytest.MonkeyPatch, strained: bool, begun: int
) -> None:
    monkeypatch.setattr(handshake_pacer, "HANDSHAKES", FloodShare(each=1, together=0, burst=0.0999))
    monkeypatch.setattr(handshake_pacer, "_clock", FixedClock())
    spent: list[float] = []
    pacer = paced(lambda: True, strained=strained, on_spent=spent.append)
    assert [pacer.begin(number, lambda: None) for number in range(STORM)] == [True] * begun + [False] * (STORM - begun)
    assert spent == [handshake_pacer.WHOLE * 0.001] * begun


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
