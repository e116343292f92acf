"""Shutting down: open utterances finish or get an error, every socket gets an error, and the time limit is kept."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from websockets.sync.client import connect

from tests.support.running import PATIENCE, Running, Talk, run_server
from tests.support.sounds import buzz, s16, wav
from tests.support.spawning import spawn_server
from tests.support.waiting import until


@contextmanager
def stopping(**settings: object) -> Iterator[tuple[Running, Talk]]:
    """A server that is stopping while its only socket has an open utterance."""
    with run_server(**settings) as own, own.talk() as talk:
        talk.expect("ready")
        talk.start()
        talk.expect("started")
        own.stop()
        until(lambda: own.service.engine.slots.draining)
        yield own, talk


def expect_draining(talk: Talk) -> None:
    error = talk.error("busy")
    assert error["reason"] == "draining"
    assert error["fatal"] is True
    assert "shutting down" in error["message"]
    assert talk.closed() == 1013


def test_an_utterance_that_finishes_gets_its_end() -> None:
    with stopping(drain_s=20) as (own, talk):
        talk.send(s16(buzz(1, 16000)))
        talk.say("end")
        assert len(talk.frames()) == 30
        expect_draining(talk)
        own.thread.join(PATIENCE)
        assert not own.thread.is_alive()


def test_an_utterance_that_does_not_finish_gets_an_error() -> None:
    with stopping(drain_s=0.1) as (own, talk):
        expect_draining(talk)
        own.thread.join(PATIENCE)
        until(lambda: own.service.engine.slots.taken == 0)


def test_a_new_utterance_is_refused_while_the_server_drains() -> None:
    with stopping(drain_s=20) as (_, talk):
        talk.say("end")
        talk.expect("end")
        expect_draining(talk)
    with stopping(drain_s=20) as (own, talk), own.talk() as other:
        error = other.error("busy")
        assert error["fatal"] is True
        assert other.closed() == 1013
        talk.say("end")
        talk.expect("end")


def test_idle_sockets_receive_the_shutdown_error() -> None:
    with run_server() as own, own.talk() as one, own.talk() as other:
        one.expect("ready")
        other.expect("ready")
        own.stop()
        expect_draining(one)
        expect_draining(other)


@pytest.mark.parametrize("path", ["/ping", "/health"])
def test_load_balancers_see_draining(path: str) -> None:
    with stopping(drain_s=20) as (own, talk), own.http() as http:
        answer = http.get(path)
        if path == "/ping":
            assert answer.status_code == 503
        else:
            assert answer.json()["draining"] is True
        refused = http.post("/v1/animate", content=wav(buzz(0.1, 8000), 8000))
        assert (refused.status_code, refused.json()["code"]) == (503, "busy")
        talk.say("end")
        talk.expect("end")


def test_paced_frames_are_still_sent() -> None:
    with run_server(drain_s=20) as own, own.talk() as talk:
        talk.expect("ready")
        talk.start(pace="realtime")
        talk.send(s16(buzz(0.4, 16000)))
        talk.say("end")
        talk.expect("started")
        own.stop()
        assert len(talk.frames()) == 12
        expect_draining(talk)


def test_a_file_that_does_not_finish_gets_an_error() -> None:
    with run_server(drain_s=0, mock_latency=0.1) as own, own.http() as http, ThreadPoolExecutor() as other:
        answer = other.submit(http.post, "/v1/animate", content=wav(buzz(60, 8000), 8000))
        until(lambda: own.service.engine.slots.taken)
        own.stop()
        refused = answer.result(PATIENCE)
        assert (refused.status_code, refused.json()["code"]) == (503, "busy")


def test_an_unresponsive_socket_does_not_delay_the_shutdown() -> None:
    """The client never closes its side."""
    with run_server(drain_s=0) as own, socket.create_connection(("127.0.0.1", own.port), PATIENCE) as silent:
        silent.sendall(
            b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        assert silent.recv(100).startswith(b"HTTP/1.1 101")
        own.stop()
        own.thread.join(PATIENCE)
        assert not own.thread.is_alive()


def test_a_signal_ends_the_process_after_open_utterances() -> None:
    with spawn_server("--set", "drain_s=20") as spawned:
        with connect(f"ws://127.0.0.1:{spawned.port}/ws", proxy=None) as connection:
            talk = Talk(connection)
            talk.expect("ready")
            talk.start()
            talk.expect("started")
            spawned.terminate()
            talk.send(s16(buzz(1, 16000)))
            talk.say("end")
            assert len(talk.frames()) == 30
            expect_draining(talk)
        assert spawned.ended() in (0, -signal.SIGTERM)
    assert "Traceback" not in spawned.log


def test_a_signal_ends_the_process_within_its_limit() -> None:
    with spawn_server("--set", "drain_s=0.2") as spawned:
        with connect(f"ws://127.0.0.1:{spawned.port}/ws", proxy=None) as connection:
            talk = Talk(connection)
            talk.expect("ready")
            talk.start()
            talk.expect("started")
            spawned.terminate()
            expect_draining(talk)
        assert spawned.ended() in (0, -signal.SIGTERM)
    assert "utterances did not finish in time" in spawned.log
    assert "Traceback" not in spawned.log
