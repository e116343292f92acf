"""The fast path's limits: a socket that floods uses its share of the event loop and no more."""

from __future__ import annotations

from contextlib import suppress

import pytest

from a2f_server.uvicorn_server import websocket_protocol
from tests.support.running import Running, Talk, pcm, run_server


@pytest.fixture
def talk(server: Running) -> object:
    with server.talk() as talk:
        talk.expect("ready")
        yield talk


def frame(payload: bytes, first: int = 0x82) -> bytes:
    """A masked frame with a mask of zeros."""
    assert len(payload) < 126
    return bytes([first, 0x80 | len(payload)]) + bytes(4) + payload


def test_what_a_flooding_socket_sent_is_handled_in_order(talk: Talk, server: Running, voice: bytes) -> None:
    """Ten thousand messages in one piece: the socket is paused on the way, and nothing is lost."""
    audio = pcm(voice)[:20000]
    expected = talk.animate(audio)
    talk.start()
    talk.socket.socket.sendall(b"".join(frame(audio[i : i + 2]) for i in range(0, len(audio), 2)))
    talk.say("end")
    talk.expect("started")
    assert (talk.frames() == expected).all()


def test_a_frame_that_comes_byte_by_byte_costs_no_more_than_its_bytes(talk: Talk, server: Running) -> None:
    """Each byte used to copy everything that had come before."""
    raw = talk.socket.socket
    talk.start()
    talk.expect("started")
    size = 1 << 19
    raw.sendall(b"\x82\xff" + size.to_bytes(8, "big") + bytes(4) + bytes(size - 2000))
    for _ in range(2000):
        raw.send(b"\0")
    talk.say("end")
    talk.frames()


def test_pings_of_a_flooding_socket_leave_others_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket_protocol, "BURST_S", 0.001)
    monkeypatch.setattr(websocket_protocol, "SHARE", 0.001)
    with run_server() as server, server.talk() as flooding, server.talk() as other:
        other.expect("ready")
        flooding.expect("ready")
        flooding.socket.socket.setblocking(False)
        with suppress(BlockingIOError):  # the server does not read any more, which is the point
            flooding.socket.socket.sendall(frame(b"", first=0x89) * 200_000)
        flooding.socket.socket.settimeout(20)
        for i in range(50):
            other.say("ping", id=i)
            assert other.expect("pong")["id"] == i
        flooding.socket.socket.close()
