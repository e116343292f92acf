"""Memory does not grow: what belongs to a closed socket is freed at once, and old garbage soon."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator

import pytest

from a2f_server.api.compat.blendshape_connection import BlendshapeConnection
from a2f_server.api.ws.connection import MOST_BAD_MESSAGES, Connection
from a2f_server.uvicorn_server import memory
from a2f_server.uvicorn_server.http_protocol import HttpProtocol
from a2f_server.uvicorn_server.websocket_protocol import SocketProtocol
from tests.api.compat.test_streaming_audio2face import BODY, SOUND, BlendshapeTalk, talking
from tests.support.running import PATIENCE, Running, Talk, pcm

KINDS = (Connection, BlendshapeConnection, SocketProtocol, HttpProtocol)


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


def too_many_bad_messages(talk: Talk, voice: bytes) -> None:
    for _ in range(MOST_BAD_MESSAGES):
        talk.say("dance")
    talk.closed()


def a_vanished_client(talk: Talk, voice: bytes) -> None:
    an_unfinished_utterance(talk, voice)
    talk.socket.socket.close()


@pytest.mark.parametrize(
    "act",
    [nothing, utterances, an_unfinished_utterance, errors, a_fatal_error, too_many_bad_messages, a_vanished_client],
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


def a_whole_request(talk: BlendshapeTalk) -> None:
    talk.animate_pcm()


def half_a_request(talk: BlendshapeTalk) -> None:
    talk.open()
    talk.ask(BODY, pcm_bytes=SOUND)
    talk.answer()


def a_wrong_request(talk: BlendshapeTalk) -> None:
    half_a_request(talk)
    talk.open()
    talk.refusal()


def no_request(talk: BlendshapeTalk) -> None:
    talk.socket.send(b"\xff")
    talk.refusal()


@pytest.mark.parametrize("act", [a_whole_request, half_a_request, a_wrong_request, no_request])
@pytest.mark.usefixtures("without_collector")
def test_a_closed_protobuf_socket_is_freed_without_the_collector(
    server: Running, act: Callable[[BlendshapeTalk], None]
) -> None:
    before = set(living())
    with talking(server) as talk:
        assert talk.socket.ping().wait(PATIENCE)
        mine = [item for number, item in living().items() if number not in before]
        assert sorted(type(item).__name__ for item in mine) == ["BlendshapeConnection", "SocketProtocol"]
        freed = [threading.Event() for _ in mine]
        for item, event in zip(mine, freed, strict=True):
            weakref.finalize(item, event.set)
        del mine, item
        act(talk)
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
