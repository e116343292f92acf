"""The fast path's limits: a flooding socket gets no more than its share of the event loop."""

from __future__ import annotations

from contextlib import suppress

import pytest

from a2f_server.uvicorn_server import websocket_protocol
from a2f_server.uvicorn_server.time_budget import FloodShare
from tests.support.running import Running, Talk, pcm, run_server


@pytest.fixture
def talk(server: Running) -> object:
    with server.talk() as talk:
        talk.expect("ready")
        yield talk


def frame(payload: bytes, first: int = 0x82) -> bytes:
    """Returns a frame masked with zeros."""
    assert len(payload) < 126
    return bytes([first, 0x80 | len(payload)]) + bytes(4) + payload


def test_messages_of_a_flooding_socket_are_handled_in_order(talk: Talk, server: Running, voice: bytes) -> None:
    """Sends ten thousand messages in one piece: the socket is paused meanwhile, and nothing is lost."""
    audio = pcm(voice)[:20000]
    expected = talk.animate(audio)
    talk.start()
    talk.socket.socket.sendall(b"".join(frame(audio[i : i + 2]) for i in range(0, len(audio), 2)))
    talk.say("end")
    talk.expect("started")
    assert (talk.frames() == expected).all()


def test_a_frame_sent_byte_by_byte_is_handled_in_linear_time(talk: Talk, server: Running) -> None:
    """Earlier, each byte copied everything received before it."""
    raw = talk.socket.socket
    talk.start()
    talk.expect("started")
    size = 1 << 19
    raw.sendall(b"\x82\xff" + size.to_bytes(8, "big") + bytes(4) + bytes(size - 2000))
    for _ in range(2000):
        raw.send(b"\0")
    talk.say("end")
    talk.frames()


def test_a_socket_flooding_pings_does_not_delay_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket_protocol, "BURST_S", 0.001)
    monkeypatch.setattr(websocket_protocol, "FLOOD", FloodShare(0.001, 0.001, 0.001))
    with run_server() as server, server.talk() as flooding, server.talk() as other:
        other.expect("ready")
        flooding.expect("ready")
        flooding.socket.socket.setblocking(False)
        with suppress(BlockingIOError):  # the server has stopped reading, as intended
            flooding.socket.socket.sendall(frame(b"", first=0x89) * 200_000)
        flooding.socket.socket.settimeout(20)
        for i in range(50):
            other.say("ping", id=i)
            assert other.expect("pong")["id"] == i
        flooding.socket.socket.close()
