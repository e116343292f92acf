"""Memory does not grow: what belongs to a closed socket is freed at once, and old garbage soon."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator

import pytest

from a2f_server.api.ws.connection import Connection
from a2f_server.uvicorn_server import memory
from a2f_server.uvicorn_server.http_protocol import HttpProtocol
from a2f_server.uvicorn_server.websocket_protocol import SocketProtocol
from tests.support.running import PATIENCE, Running, Talk, pcm

KINDS = (Connection, SocketProtocol, HttpProtocol)


@pytest.fixture
def without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def living() -> dict[int, object]:
    return {id(item): item for item in gc.get_objects() if isinstance(item, KINDS)}


def nothing(talk: Talk, voice: bytes) -> None:
    pass


def utterances(talk: Talk, voice: bytes) -> None:
    for _ in range(3):
        talk.animate(pcm(voice)[:8000])


def an_unfinished_utterance(talk: Talk, voice: bytes) -> None:
    talk.start()
    talk.expect("started")
    talk.send(pcm(voice)[:8000])


def errors(talk: Talk, voice: bytes) -> None:
    talk.say("dance")
    talk.error("bad_message")
    talk.say("speak", text="Hello")
    talk.error("tts_unavailable")


def a_fatal_error(talk: Talk, voice: bytes) -> None:
    talk.socket.send("x" * 70_000)
    talk.error("too_large")


def a_vanished_client(talk: Talk, voice: bytes) -> None:
    an_unfinished_utterance(talk, voice)
    talk.socket.socket.close()


@pytest.mark.parametrize(
    "act", [nothing, utterances, an_unfinished_utterance, errors, a_fatal_error, a_vanished_client]
)
@pytest.mark.usefixtures("without_collector")
def test_a_closed_socket_is_freed_without_the_collector(
    server: Running, voice: bytes, act: Callable[[Talk, bytes], None]
) -> None:
    before = set(living())
    with server.talk() as talk:
        talk.expect("ready")
        mine = [item for number, item in living().items() if number not in before]
        assert sorted(type(item).__name__ for item in mine) == ["Connection", "SocketProtocol"]
        freed = [threading.Event() for _ in mine]
        for item, event in zip(mine, freed, strict=True):
            weakref.finalize(item, event.set)
        del mine, item
        act(talk, voice)
    assert all(event.wait(PATIENCE) for event in freed)


class Knot:
    """An object that refers to itself."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture
def tuned() -> Iterator[None]:
    before = gc.get_threshold()
    memory.tune()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


@pytest.mark.usefixtures("tuned")
def test_what_outlived_a_collection_is_freed_soon() -> None:
    """With more generations in between, it stayed for as long as the server ran."""
    old = Knot()
    gc.collect(0)
    gc.collect(1)
    alive = weakref.ref(old)
    del old
    for _ in range((memory.GENERATIONS + 2) ** 2 * memory.YOUNG):
        Knot()
    assert alive() is None
