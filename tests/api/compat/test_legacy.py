"""The routes of older browser clients: their documented formats, and the same frames as at every other endpoint."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed

from a2f_server import arkit
from a2f_server.api.compat import legacy
from a2f_server.api.compat.legacy import MOST_SESSIONS, Sessions
from a2f_server.api.compat.playback import MOST_IGNORED
from a2f_server.clip import FaceClip
from a2f_server.errors import NotFound
from tests.support.running import PATIENCE, Running, Talk, run_server
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
    """Returns the frames of SOUND from POST /v1/animate, by name."""
    with server.http() as http:
        rows = http.post("/v1/animate", content=SOUND).json()["weights"]
    return [dict(zip(arkit.NAMES, row, strict=True)) for row in rows]


def receive_until_close(talk: Talk) -> list[dict[str, Any]]:
    """Returns every message until the server closes."""
    messages = []
    try:
        while True:
            messages.append(talk.hear())
    except ConnectionClosed:
        return messages  # type: ignore[return-value]


def refusal(talk: Talk) -> tuple[str, int]:
    """Returns the error message and the close code."""
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


def test_a_session_sends_all_frames_and_completes(server: Running, weights: list[dict[str, float]]) -> None:
    session = process(server)["session_id"]
    with server.talk(f"/ws/{session}", subprotocols=None) as talk:
        talk.socket.send(START)
        *frames, last = receive_until_close(talk)
        assert talk.socket.close_code == 1000
    assert last == {"type": "complete"}
    assert frames == [
        {"type": "frame", "data": {"frame": i, "timestamp": i / 30, "blendshapes": row}}
        for i, row in enumerate(weights)
    ]


def test_frames_are_sent_at_the_pace_of_the_audio(server: Running) -> None:
    """No frame arrives early, to the millisecond of timers; lateness depends on the machine."""
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


def test_a_session_can_only_be_used_once(server: Running) -> None:
    session = process(server)["session_id"]
    with server.talk(f"/ws/{session}") as talk:
        talk.socket.send(START)
        assert receive_until_close(talk)[-1] == {"type": "complete"}
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
        assert len(receive_until_close(talk)) == 7, "the session is still there"


@pytest.mark.parametrize("path", ["/process", "/process-sync"])
def test_a_missing_upload_field_gets_422(server: Running, path: str) -> None:
    with server.http() as http:
        answer = http.post(path, files={"sound": ("a.wav", SOUND)})
        assert answer.status_code == 422
        assert "'audio'" in answer.json()["message"]
        assert http.post(path, content=SOUND).status_code == 200, "the raw body does too"


@pytest.mark.parametrize(("data", "status"), [(b"", 400), (b"text", 415), (SOUND[:200], 400)])
def test_a_bad_file_gets_a_4xx_status(server: Running, data: bytes, status: int) -> None:
    """The original server answered 500."""
    with server.http() as http:
        assert http.post("/process", files={"audio": ("a.wav", data)}).status_code == status


def test_a_client_that_disconnects_frees_its_connection(server: Running) -> None:
    session = process(server, data=wav(buzz(3, 16000), 16000))["session_id"]
    with server.talk(f"/ws/{session}") as talk:
        talk.socket.send(START)
        talk.hear()
    until(lambda: not server.server.server_state.connections)


def playing(server: Running, talk: Talk) -> None:
    """Waits for the first frame."""
    talk.socket.send(START)
    message = talk.hear()
    assert isinstance(message, dict)
    assert message["type"] == "frame", message


LONG = wav(buzz(60, 8000), 8000)


def test_a_close_during_playback_is_noticed_immediately(server: Running) -> None:
    with server.talk(f"/ws/{process(server, data=LONG)['session_id']}") as talk:
        playing(server, talk)
        for text in ("hello", "{}", START):
            talk.socket.send(text)
        talk.socket.close(1000)
        assert talk.socket.close_code == 1000, "the server answered the closing handshake"
    until(lambda: not server.service.connections)


def test_pings_are_answered_during_playback(server: Running) -> None:
    with server.talk(f"/ws/{process(server, data=LONG)['session_id']}") as talk:
        playing(server, talk)
        for i in range(20):
            talk.socket.send("ignored")
            answered = talk.socket.ping(f"{i}")
            assert answered.wait(PATIENCE)


def test_a_client_that_floods_during_playback_is_closed(server: Running) -> None:
    with server.talk(f"/ws/{process(server, data=LONG)['session_id']}") as talk:
        playing(server, talk)
        for _ in range(MOST_IGNORED):
            talk.socket.send("x")
        *_, last = receive_until_close(talk)
        assert "too many messages" in last["message"]
        assert talk.socket.close_code == 1008
    until(lambda: not server.service.connections)


@pytest.fixture(scope="module")
def short_timeouts() -> Iterator[Running]:
    with run_server(idle_s=0.1, session_ttl_s=0.05) as running:
        yield running


def test_a_silent_client_is_disconnected(short_timeouts: Running) -> None:
    with short_timeouts.talk("/ws/any") as talk:
        message, code = refusal(talk)
        assert message.startswith("nothing came")
        assert code == 1008


def test_an_unused_session_expires(short_timeouts: Running) -> None:
    session = process(short_timeouts)["session_id"]
    time.sleep(0.06)
    with short_timeouts.talk(f"/ws/{session}") as talk:
        talk.socket.send(START)
        assert "no such session" in refusal(talk)[0]


class Clock:
    """A clock that only moves when told to."""

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


def test_session_ids_cannot_be_guessed() -> None:
    sessions = Sessions(ttl=120, clock=Clock())
    names = {sessions.add(clip()) for _ in range(100)}
    assert len(names) == 100
    assert min(map(len, names)) >= 20


def test_the_oldest_session_is_dropped_above_the_limit() -> None:
    sessions = Sessions(ttl=120, clock=Clock())
    first, *others = [sessions.add(clip()) for _ in range(MOST_SESSIONS + 1)]
    assert len(sessions) == MOST_SESSIONS
    with pytest.raises(NotFound):
        sessions.take(first)
    assert len(sessions.take(others[0])) == 1


def test_the_oldest_sessions_are_dropped_for_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legacy, "MOST_BYTES", 3 * 52 * 4)
    sessions = Sessions(ttl=120, clock=Clock())
    first, second, third = (sessions.add(clip(frames)) for frames in (1, 1, 2))
    with pytest.raises(NotFound):
        sessions.take(first)
    assert len(sessions) == 2
    large = sessions.add(clip(9))
    assert len(sessions) == 1, "the newest stays"
    for dropped in (second, third):
        with pytest.raises(NotFound):
            sessions.take(dropped)
    assert len(sessions.take(large)) == 9
