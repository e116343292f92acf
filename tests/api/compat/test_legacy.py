"""The older browser clients' routes: the shapes of their guide, the frames of every other door."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed

from a2f_server import arkit
from a2f_server.api.compat.legacy import MOST_SESSIONS, Sessions
from a2f_server.clip import FaceClip
from a2f_server.errors import NotFound
from tests.support.running import Running, Talk, run_server
from tests.support.sounds import buzz, wav
from tests.support.waiting import until

SOUND = wav(buzz(0.2, 16000), 16000)
START = '{"action": "start"}'


def process(server: Running, path: str = "/process", data: bytes = SOUND) -> dict[str, Any]:
    with server.http() as http:
        answer = http.post(path, files={"audio": ("speech.wav", data, "audio/wav")})
    assert answer.status_code == 200, answer.text[:200]
    return dict(answer.json())


@pytest.fixture
def weights(server: Running) -> list[dict[str, float]]:
    """The frames of SOUND as the newer route gives them, by name."""
    with server.http() as http:
        rows = http.post("/v1/animate", content=SOUND).json()["weights"]
    return [dict(zip(arkit.NAMES, row, strict=True)) for row in rows]


def played(talk: Talk) -> list[dict[str, Any]]:
    """Every message up to the server's close."""
    messages = []
    try:
        while True:
            messages.append(talk.hear())
    except ConnectionClosed:
        return messages  # type: ignore[return-value]


def refusal(talk: Talk) -> tuple[str, int]:
    """The sentence and the close code."""
    error = talk.hear()
    assert isinstance(error, dict)
    assert error.keys() == {"type", "message"}
    assert error["type"] == "error"
    return error["message"], talk.closed()


def test_process_answers_with_a_session(server: Running) -> None:
    answer = process(server)
    assert answer.keys() == {"session_id", "frame_count", "duration_sec", "fps", "process_time_sec"}
    assert (answer["frame_count"], answer["duration_sec"], answer["fps"]) == (6, 0.2, 30)
    assert 0 < answer["process_time_sec"] < 20


def test_the_session_is_played_and_completed(server: Running, weights: list[dict[str, float]]) -> None:
    session = process(server)["session_id"]
    with server.talk(f"/ws/{session}", subprotocols=None) as talk:
        talk.socket.send(START)
        *frames, last = played(talk)
        assert talk.socket.close_code == 1000
    assert last == {"type": "complete"}
    assert frames == [
        {"type": "frame", "data": {"frame": i, "timestamp": i / 30, "blendshapes": row}}
        for i, row in enumerate(weights)
    ]


def test_frames_come_at_the_pace_of_the_sound(server: Running) -> None:
    """No frame comes before its time (timers count milliseconds); how late one comes is up to the machine."""
    session = process(server)["session_id"]
    with server.talk(f"/ws/{session}") as talk:
        begun = time.monotonic()
        talk.socket.send(START)
        while (message := talk.hear())["type"] == "frame":  # type: ignore[call-overload, index]
            assert time.monotonic() - begun >= message["data"]["timestamp"] - 0.002  # type: ignore[call-overload, index]


def test_process_sync_answers_with_all_frames(server: Running, weights: list[dict[str, float]]) -> None:
    answer = process(server, "/process-sync")
    assert answer.keys() == {"fps", "frame_count", "frames"}
    assert (answer["fps"], answer["frame_count"]) == (30, 6)
    assert [frame["blendshapes"] for frame in answer["frames"]] == weights
    assert [frame["frame"] for frame in answer["frames"]] == list(range(6))
    assert [frame["timestamp"] for frame in answer["frames"]] == [i / 30 for i in range(6)]


def test_a_session_is_used_once(server: Running) -> None:
    session = process(server)["session_id"]
    with server.talk(f"/ws/{session}") as talk:
        talk.socket.send(START)
        assert played(talk)[-1] == {"type": "complete"}
    with server.talk(f"/ws/{session}") as talk:
        talk.socket.send(START)
        assert refusal(talk) == ("there is no such session: it was fetched before, or it has expired", 1008)


def test_an_unknown_session(server: Running) -> None:
    with server.talk("/ws/nobody") as talk:
        talk.socket.send(START)
        assert "no such session" in refusal(talk)[0]


@pytest.mark.parametrize(
    "first",
    ['{"action": "stop"}', "{}", "[]", "start", "null", b"start", "[" * 5000],
    ids=lambda first: str(first)[:20],
)
def test_a_first_message_that_is_not_start(server: Running, first: str | bytes) -> None:
    session = process(server)["session_id"]
    with server.talk(f"/ws/{session}") as talk:
        talk.socket.send(first)
        assert refusal(talk) == ('the first message must be {"action": "start"}', 1008)
    with server.talk(f"/ws/{session}") as talk:
        talk.socket.send(START)
        assert len(played(talk)) == 7, "the session is still there"


@pytest.mark.parametrize("path", ["/process", "/process-sync"])
def test_the_field_must_be_there(server: Running, path: str) -> None:
    with server.http() as http:
        answer = http.post(path, files={"file": ("a.wav", SOUND)})
        assert answer.status_code == 422
        assert "'audio'" in answer.json()["message"]
        assert http.post(path, content=SOUND).status_code == 200, "the raw body does too"


@pytest.mark.parametrize(("data", "status"), [(b"", 400), (b"text", 415), (SOUND[:200], 400)])
def test_a_bad_file_is_the_clients_fault(server: Running, data: bytes, status: int) -> None:
    """Theirs made 500 of it."""
    with server.http() as http:
        assert http.post("/process", files={"audio": ("a.wav", data)}).status_code == status


def test_a_client_that_leaves_in_the_middle_leaves_nothing(server: Running) -> None:
    session = process(server, data=wav(buzz(3, 16000), 16000))["session_id"]
    with server.talk(f"/ws/{session}") as talk:
        talk.socket.send(START)
        talk.hear()
    until(lambda: not server.server.server_state.connections)


@pytest.fixture(scope="module")
def impatient() -> Iterator[Running]:
    with run_server(idle_s=0.1, session_ttl_s=0.05) as running:
        yield running


def test_a_client_that_says_nothing_is_shown_out(impatient: Running) -> None:
    with impatient.talk("/ws/any") as talk:
        sentence, code = refusal(talk)
        assert sentence.startswith("nothing came")
        assert code == 1008


def test_a_session_nobody_came_for_is_gone(impatient: Running) -> None:
    session = process(impatient)["session_id"]
    time.sleep(0.06)
    with impatient.talk(f"/ws/{session}") as talk:
        talk.socket.send(START)
        assert "no such session" in refusal(talk)[0]


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def clip(frames: int = 1) -> FaceClip:
    return FaceClip(np.zeros((frames, 52), np.float32), 30)


def test_sessions_expire() -> None:
    clock = Clock()
    sessions = Sessions(ttl=120, clock=clock)
    first = sessions.add(clip(1))
    clock.now = 60
    second = sessions.add(clip(2))
    clock.now = 119.9
    assert len(sessions) == 2
    clock.now = 120
    assert len(sessions) == 1
    with pytest.raises(NotFound):
        sessions.take(first)
    assert len(sessions.take(second)) == 2
    assert len(sessions) == 0


def test_sessions_have_names_that_cannot_be_guessed() -> None:
    sessions = Sessions(ttl=120, clock=Clock())
    names = {sessions.add(clip()) for _ in range(100)}
    assert len(names) == 100
    assert min(map(len, names)) >= 20


def test_the_oldest_session_makes_room() -> None:
    sessions = Sessions(ttl=120, clock=Clock())
    first, *others = [sessions.add(clip()) for _ in range(MOST_SESSIONS + 1)]
    assert len(sessions) == MOST_SESSIONS
    with pytest.raises(NotFound):
        sessions.take(first)
    assert len(sessions.take(others[0])) == 1
