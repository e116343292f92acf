"""The log at level info: one line for each utterance at every endpoint, refusals, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import structlog
from pydantic import SecretStr

from tests.support.running import Running, Talk, run_server
from tests.support.sounds import buzz, s16, wav
from tests.support.waiting import until
from tests.tts.toy import ToyVoice

SOUND = s16(buzz(0.5, 16000))
FILE = wav(buzz(0.5, 16000), 16000)
Lines = list[MutableMapping[str, Any]]


@pytest.fixture(scope="module")
def speaking() -> Iterator[Running]:
    with run_server(voice=ToyVoice(), max_streams=2, text_per_minute=200) as server:
        yield server


def logged(do: Callable[[], object], lines: int = 1) -> Lines:
    """Returns the lines at level info and above that an action causes; waits for as many as are expected."""
    with structlog.testing.capture_logs() as captured:
        do()
        until(lambda: len(loud(captured)) >= lines)
    assert len(loud(captured)) == lines, captured
    return loud(captured)


def loud(lines: Lines) -> Lines:
    return [line for line in lines if line["log_level"] != "debug"]


def only(do: Callable[[], object]) -> MutableMapping[str, Any]:
    (line,) = logged(do)
    assert (line["event"], line["address"], line["log_level"]) == ("utterance", "127.0.0.1", "info")
    return line


def post(server: Running, path: str, **options: Any) -> httpx.Response:
    with server.http() as http:
        return http.post(path, **options)


@pytest.mark.parametrize("accept", ["application/json", "text/csv", "application/x-ndjson", "text/event-stream"])
def test_animating_a_file(speaking: Running, accept: str) -> None:
    line = only(lambda: post(speaking, "/v1/animate", content=FILE, headers={"Accept": accept}))
    assert (line["endpoint"], line["seconds"], line["outcome"]) == ("/v1/animate", 0.5, "end")


@pytest.mark.parametrize("path", ["/process", "/process-sync"])
def test_older_clients(speaking: Running, path: str) -> None:
    line = only(lambda: post(speaking, path, files={"audio": FILE}))
    assert (line["endpoint"], line["seconds"], line["outcome"]) == (path, 0.5, "end")


@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson"])
def test_speaking_a_text(speaking: Running, accept: str) -> None:
    line = only(lambda: post(speaking, "/v1/speak", json={"text": "mama"}, headers={"Accept": accept}))
    assert (line["endpoint"], line["outcome"]) == ("/v1/speak", "end")
    assert line["seconds"] > 0


@pytest.mark.parametrize(
    ("path", "options", "code"),
    [
        ("/v1/animate", {"content": b"no audio"}, "unsupported_audio"),
        ("/v1/animate?fps=1", {"content": FILE}, "bad_message"),
        ("/v1/animate?fps=x", {"content": FILE}, "bad_message"),
        ("/process", {"content": b""}, "bad_audio"),
        ("/v1/speak", {"content": b"{}"}, "bad_message"),
        ("/v1/speak", {"json": {"text": "a" * 300}}, "bad_message"),
        ("/v1/animate", {"content": FILE, "headers": {"Origin": "https://evil.example"}}, "unauthorized"),
    ],
)
def test_what_fails_says_why(speaking: Running, path: str, options: dict[str, Any], code: str) -> None:
    line = only(lambda: post(speaking, path, **options))
    assert (line["outcome"], "seconds" in line) == (code, False)
    assert line["message"]


@contextmanager
def greeted(server: Running, **options: Any) -> Iterator[Talk]:
    with server.talk(**options) as talk:
        talk.expect("ready")
        yield talk


def utterance(talk: Talk, *, end: bool = True) -> None:
    talk.start()
    talk.expect("started")
    talk.send(SOUND)
    talk.say("end" if end else "ping")
    talk.expect("end" if end else "pong")


def test_a_sockets_utterances(speaking: Running) -> None:
    def two() -> None:
        with greeted(speaking) as talk:
            utterance(talk)
            utterance(talk)

    lines = logged(two, 2)
    assert [line["utterance"] for line in lines] == [1, 2]
    for line in lines:
        assert (line["endpoint"], line["address"]) == ("/ws", "127.0.0.1")
        assert (line["seconds"], line["outcome"]) == (0.5, "end")


def test_what_a_socket_speaks(speaking: Running) -> None:
    def speak() -> None:
        with greeted(speaking) as talk:
            talk.say("speak", text="mama")
            talk.expect("started")
            until(lambda: not isinstance(message := talk.hear(), bytes) and message["type"] == "end")

    line = only(speak)
    assert (line["endpoint"], line["outcome"]) == ("/ws", "end")
    assert line["seconds"] > 0


def test_a_cancelled_utterance(speaking: Running) -> None:
    def cancel() -> None:
        with greeted(speaking) as talk:
            utterance(talk, end=False)
            talk.say("cancel")
            talk.expect("cancelled")

    assert (line := only(cancel))["outcome"] == "cancelled"
    assert line["seconds"] == 0.5


def test_an_utterance_whose_client_leaves(speaking: Running) -> None:
    def leave() -> None:
        with greeted(speaking) as talk:
            utterance(talk, end=False)

    assert only(leave)["outcome"] == "disconnected"


def test_an_utterance_that_fails(speaking: Running) -> None:
    def fail() -> None:
        with greeted(speaking) as talk:
            talk.start()
            talk.expect("started")
            talk.send(SOUND[:-1])
            talk.say("end")
            talk.error("bad_audio")

    line = only(fail)
    assert (line["outcome"], line["seconds"]) == ("bad_audio", 0.5)


def test_busy_is_reported(speaking: Running) -> None:
    with greeted(speaking) as one, greeted(speaking) as two:
        utterance(one, end=False)
        utterance(two, end=False)

        def refused() -> None:
            assert post(speaking, "/v1/animate", content=FILE).status_code == 503
            with greeted(speaking) as third:
                third.start()
                third.error("busy")

        lines = logged(refused, 2)
        for talk in (one, two):
            talk.say("cancel")
            talk.expect("cancelled")
    assert [(line["endpoint"], line["outcome"]) for line in lines] == [("/v1/animate", "busy"), ("/ws", "busy")]
    assert all("all 2 streams" in line["message"] for line in lines)


def test_nothing_else_is_reported() -> None:
    """Visits of the page, health checks, connections without an utterance, and what strangers look for."""
    paths = ("/", "/docs", "/page/main.js", "/health", "/ping", "/metrics", "/v1/expressions", "/wp-admin.php")
    with structlog.testing.capture_logs() as lines, run_server() as server:
        with server.http() as http:
            for path in paths:
                http.get(path)
        with greeted(server):
            pass
    assert [line["event"] for line in loud(lines)] == ["ready", "draining", "stopped"]


def test_refusals_are_reported() -> None:
    with run_server(api_key=SecretStr("correct horse battery staple")) as server:

        def knock() -> None:
            with server.http() as http:
                http.get("/metrics?token=secret")
            with server.talk("/ws?token=secret") as talk:
                talk.error("unauthorized")

        lines = logged(knock, 2)
    assert [line["event"] for line in lines] == ["request", "connection refused"]
    assert [line["address"] for line in lines] == ["127.0.0.1"] * 2
    assert "secret" not in str(lines)


def test_the_address_is_the_one_that_the_proxy_forwards() -> None:
    forwarded = {"X-Forwarded-For": "203.0.113.9"}
    with run_server(proxies="127.0.0.1", insecure=True) as server:

        def both() -> None:
            post(server, "/v1/animate", content=FILE, headers=forwarded)
            with greeted(server, additional_headers=forwarded) as talk:
                utterance(talk)

        assert [line["address"] for line in logged(both, 2)] == ["203.0.113.9"] * 2
