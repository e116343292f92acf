"""The limits of a token's subject: the same for all sockets of one user, and apart from those of others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from starlette.datastructures import Headers
from starlette.requests import Request

from a2f_server.api.auth import Identity
from a2f_server.api.callers import IDENTITY
from tests.api.ws.test_speak_turn import receive_speeches
from tests.support.running import Running, Talk, occupy, run_server
from tests.support.waiting import until
from tests.tts.toy import ToyVoice

KEY = "correct horse battery staple"
BEARS = {"Authorization": f"Bearer {KEY}"}
LIMITS = {"subject_streams": 2, "subject_connections": 3, "subject_text_per_minute": 10, "max_queue": 2}


@pytest.fixture
def server() -> Iterator[Running]:
    with run_server(voice=ToyVoice(), api_key=KEY, **LIMITS) as running:
        yield running
        until(lambda: not running.service.connections)
        until(lambda: not running.service.callers._subjects)  # nothing is kept of users without a socket


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def ask(server: Running, content: bytes | None = None, **options: Any) -> httpx.Response:
    with server.http(headers=BEARS) as http:
        return http.post("/v1/token", content=content, **options)


def token(server: Running, subject: str | None) -> str:
    with server.http(headers=BEARS) as http:
        return str(http.post("/v1/token", json={"subject": subject}).json()["token"])


def opened(stack: ExitStack, server: Running, subject: str | None) -> Talk:
    talk = stack.enter_context(server.talk(f"/ws?token={token(server, subject)}"))
    talk.expect("ready")
    return talk


def refused(talk: Talk, reason: str) -> dict[str, Any]:
    error = talk.error("busy")
    assert (error["reason"], error["scope"]) == (reason, "subject"), error
    return error


@pytest.mark.parametrize("body", [None, b"", b" ", b"{}", b'{"subject": null}', b'{"subject": "user-42"}'])
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_a_subject_is_optional(server: Running, body: bytes | None, kind: str) -> None:
    answer = ask(server, body, headers={"Content-Type": kind})
    assert answer.status_code == 200
    assert answer.json().keys() == {"token", "expires_in"}


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"user-42", b'{"subject": 42}', b'{"subject": ""}', b'{"subject": "a b"}', b'{"subject": "\xc3\xa4"}',
     b'{"subject": "' + b"a" * 65 + b'"}', b'{"subject": ["a"]}', b'{"subject": "a\\n"}', b"\xff"],
)  # fmt: skip
def test_a_bad_subject_is_refused(server: Running, body: bytes) -> None:
    """Silently issuing a token without a subject would lift the limits of a user."""
    answer = ask(server, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_message")


@pytest.mark.parametrize(
    "body", [{"Subject": "u1"}, {"sub": "u1"}, {"user": {"subject": "u1"}}, {"subject": "u1", "x": 1}]
)
def test_an_unknown_field_is_refused(server: Running, body: dict[str, Any]) -> None:
    """A misspelt subject would lift the limits of a user."""
    answer = ask(server, json.dumps(body).encode())
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_message")
    assert "subject" in answer.json()["message"]


def test_a_large_body_is_refused(server: Running) -> None:
    answer = ask(server, b'{"subject": "' + b"a" * 5000 + b'"}')
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_sockets_are_counted_per_subject(server: Running, stack: ExitStack) -> None:
    first, *_ = [opened(stack, server, "anna") for _ in range(3)]
    with server.talk(f"/ws?token={token(server, 'anna')}") as fourth:
        error = refused(fourth, "connections")
        assert error["fatal"] is True
        assert fourth.closed() == 1013
    opened(stack, server, "ben")
    for _ in range(4):
        opened(stack, server, None)
    first.socket.close()
    until(lambda: server.service.callers._subjects["default", "anna"].sockets.own == 2)
    opened(stack, server, "anna")


def test_sockets_of_older_clients_count_too(server: Running, stack: ExitStack) -> None:
    for _ in range(3):
        stack.enter_context(server.talk(f"/ws/session?token={token(server, 'anna')}"))
    anna, subjects = ("default", "anna"), server.service.callers._subjects
    until(lambda: anna in subjects and subjects[anna].sockets.own == 3)
    with server.talk(f"/ws?token={token(server, 'anna')}") as fourth:
        refused(fourth, "connections")


def test_slots_are_counted_per_subject(server: Running, stack: ExitStack) -> None:
    one, two, three = (opened(stack, server, "anna") for _ in range(3))
    three.start()
    three.expect("started")
    occupy(one)
    occupy(two)
    three.send(bytes(2))
    assert refused(three, "queue")["utterance"] == 1, "the slot is taken with the first audio"
    three.start()
    assert refused(three, "queue")["utterance"] == 2
    three.say("speak", text="a")
    assert refused(three, "queue")["utterance"] == 2
    occupy(opened(stack, server, "ben"))
    one.say("cancel")
    one.expect("cancelled")
    three.animate(bytes(320))


def test_a_file_takes_a_slot_of_its_subject(server: Running, stack: ExitStack, voice: bytes) -> None:
    one, two, three = (opened(stack, server, "anna") for _ in range(3))
    three.start(audio={"encoding": "file"})
    three.expect("started")
    three.send(voice)
    occupy(one)
    occupy(two)
    three.say("end")
    refused(three, "queue")


def test_a_request_with_a_token_shares_the_slots_of_its_subject(server: Running, stack: ExitStack) -> None:
    occupy(opened(stack, server, "anna"))
    key = server.service.auth.check_key(Headers(BEARS)).key
    anna, ben = (Request({"type": "http", IDENTITY: Identity(key, subject)}) for subject in ("anna", "ben"))
    callers = server.service.callers
    taken = [caller.slots.taken for caller in (callers.of(anna), callers.of(ben)) if caller.slots]
    assert (taken, callers.of(anna) is callers.of(anna)) == ([1, 0], True)


def test_waiting_texts_are_counted_per_subject(server: Running, stack: ExitStack) -> None:
    one, two, other = (opened(stack, server, subject) for subject in ("anna", "anna", "ben"))
    for talk in (one, other):
        for _ in range(3):
            talk.say("speak", text="~")
        talk.expect("started")
    two.say("speak", text="~")
    two.expect("started")
    two.say("speak", text="~")
    refused(two, "queue")
    one.say("cancel")
    assert [one.expect("cancelled")["utterance"] for _ in range(3)] == [1, 2, 3]
    two.say("speak", text="~")
    two.say("ping")
    two.expect("pong")


def test_characters_are_counted_per_subject(server: Running, stack: ExitStack) -> None:
    one, two, other, nobody = (opened(stack, server, subject) for subject in ("anna", "anna", "ben", None))
    one.say("speak", text="12345678")
    receive_speeches(one)
    two.say("speak", text="123")
    assert "for this subject" in refused(two, "quota")["message"]
    for talk in (other, nobody):
        talk.say("speak", text="123")
        assert receive_speeches(talk)[0].end["type"] == "end"
    assert server.service.quota.left("key") == server.service.settings.text_per_minute - 3, "the key paid for nobody"


def test_a_text_longer_than_a_subjects_quota_says_so(server: Running, stack: ExitStack) -> None:
    talk = opened(stack, server, "anna")
    talk.say("speak", text="12345678901")
    assert "the limit is 10" in talk.error("bad_message")["message"]


@pytest.mark.parametrize("text", ["!", "!abc", "#"])
def test_nothing_is_charged_if_the_voice_refuses(server: Running, stack: ExitStack, text: str) -> None:
    """Nor for an unknown voice: one user could use up everybody's characters without hearing a word."""
    talk = opened(stack, server, None)
    talk.say("speak", text=text)
    receive_speeches(talk)
    talk.say("speak", text="abc", voice="nobody")
    receive_speeches(talk)
    assert server.service.quota.left("key") == server.service.settings.text_per_minute


def test_what_was_spoken_in_part_is_charged(server: Running, stack: ExitStack) -> None:
    talk = opened(stack, server, None)
    talk.say("speak", text="abc!")
    receive_speeches(talk)
    assert server.service.quota.left("key") == server.service.settings.text_per_minute - 4


@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson"])
def test_nothing_is_charged_over_http_if_the_voice_refuses(server: Running, accept: str) -> None:
    with server.http(headers=BEARS) as http:
        for body in ({"text": "!"}, {"text": "abc", "voice": "nobody"}):
            assert http.post("/v1/speak", json=body, headers={"Accept": accept}).status_code in (422, 502)
    assert server.service.quota.left("key") == server.service.settings.text_per_minute


def test_without_a_key_a_token_has_no_subject(stack: ExitStack) -> None:
    """Anybody could make up subjects to get around the limit of an address."""
    with run_server(voice=ToyVoice(), text_per_minute=4) as server, ExitStack() as inner:
        one, two = opened(inner, server, "anna"), opened(inner, server, "ben")
        one.say("speak", text="123")
        receive_speeches(one)
        two.say("speak", text="45")
        error = two.error("busy")
        assert (error["reason"], error["scope"]) == ("quota", "address")


def test_addresses_of_one_network_share_the_quota_without_a_key() -> None:
    with run_server(voice=ToyVoice(), text_per_minute=10, proxies="127.0.0.1", insecure=True) as server:

        def speak(address: str) -> int:
            with server.http(headers={"X-Forwarded-For": address}) as http:
                return http.post("/v1/speak", json={"text": "123456"}).status_code

        assert [speak(f"2001:db8:1:2::{i}") for i in (1, 2)] == [200, 503]
        assert speak("2001:db8:1:3::1") == 200
