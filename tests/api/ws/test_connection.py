"""`WS /ws` over real sockets: the protocol of docs/protocol.md."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile

from a2f_server import arkit
from a2f_server.api.ws import session
from a2f_server.api.ws.binary_messages import decode_frames
from a2f_server.uvicorn_server.time_budget import FLOOD
from tests.support.running import PATIENCE, Running, Talk, pcm, run_server
from tests.support.sounds import buzz, encoded, s16
from tests.support.waiting import until


@pytest.fixture
def talk(server: Running) -> Iterator[Talk]:
    with server.talk() as talk:
        talk.expect("ready")
        yield talk


def test_ready_describes_the_server(server: Running) -> None:
    with server.talk() as talk:
        ready = talk.expect("ready")
        assert talk.socket.subprotocol == "a2f.v1"
    assert ready["protocol"] == 1
    assert ready["mode"] == "mock"
    assert ready["backend"] == "mock"
    assert ready["backends"] == ["mock"]
    assert ready["blendshapes"] == list(arkit.NAMES)
    assert ready["emotions"] == list(arkit.EMOTIONS)
    assert ready["profiles"] == ["default", "calm", "raw", "smooth", "dlp3d", "unitalker", "mmd"]
    assert ready["fps"] == 30
    assert 0 < ready["lookahead"] <= 0.12
    assert ready["tts"] is None
    assert set(ready["limits"]) == {"utterance_s", "message_bytes", "file_bytes", "queue"}


def test_a_client_without_a_subprotocol_is_served(server: Running) -> None:
    with server.talk(subprotocols=None) as talk:
        talk.expect("ready")
        assert talk.socket.subprotocol is None


def test_an_utterance(talk: Talk, voice: bytes) -> None:
    talk.start()
    started = talk.expect("started")
    assert started["utterance"] == 1
    assert started["fps"] == 30
    assert started["sample_rate"] == 16000
    talk.send(pcm(voice))
    talk.say("end")
    frames = talk.frames()
    assert len(frames) == 122


@pytest.mark.parametrize("step", [640, 1281, 40000])
def test_streaming_equals_the_file_and_the_http_endpoint(server: Running, voice: bytes, step: int) -> None:
    with server.talk() as talk:
        talk.expect("ready")
        streamed = talk.animate(pcm(voice), step)
        whole = talk.animate(voice, audio={"encoding": "file"})
    assert np.array_equal(streamed, whole)
    with server.http() as http:
        answer = http.post("/v1/animate", content=voice).json()
    assert np.allclose(answer["weights"], whole / 65535, atol=5.1e-5)


def test_real_recordings_give_the_same_frames_as_stream_and_file(server: Running, recordings: list[Path]) -> None:
    """Sends every recording as a file and as its PCM."""
    with server.talk() as talk:
        talk.expect("ready")
        for path in recordings:
            sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
            if sound.shape[1] > 2:
                continue
            whole = talk.animate(path.read_bytes(), audio={"encoding": "file"})
            audio = {"encoding": "pcm_f32le", "sample_rate": rate, "channels": sound.shape[1]}
            data = np.ascontiguousarray(sound, "<f4").tobytes()
            streamed = talk.animate(data, rate // 25 * 4 * sound.shape[1] + 2, audio=audio)
            assert np.array_equal(streamed, whole), path.name
            assert len(whole) == -(-len(sound) * 30 // rate), path.name


def test_json_frames(talk: Talk, voice: bytes) -> None:
    binary = talk.animate(pcm(voice))
    talk.start(format="json")
    talk.send(pcm(voice))
    talk.say("end")
    talk.expect("started")
    rows, message = [], talk.expect("frames")
    while message["type"] == "frames":
        assert message["first"] == len(rows)
        assert message["utterance"] == 2
        assert message["fps"] == 30
        rows += message["weights"]
        message = talk.hear()
    assert message == {"type": "end", "utterance": 2, "frames": 122, "duration": 4.06}
    assert np.allclose(rows, binary / 65535, atol=5.1e-5)


def test_utterances_follow_one_another(talk: Talk, voice: bytes) -> None:
    first = talk.animate(pcm(voice))
    for number in (2, 3):
        assert np.array_equal(talk.animate(pcm(voice)), first), number
    talk.start(utterance=10)
    assert talk.expect("started")["utterance"] == 10
    talk.say("end")
    assert talk.expect("end")["frames"] == 0


def test_a_start_may_follow_end_immediately(talk: Talk, voice: bytes) -> None:
    for _ in range(3):
        talk.start()
        talk.send(pcm(voice))
        talk.say("end")
    ends = []
    while len(ends) < 3:
        message = talk.hear()
        if not isinstance(message, bytes) and message["type"] == "end":
            ends.append((message["utterance"], message["frames"]))
    assert sorted(ends) == [(1, 122), (2, 122), (3, 122)]


def test_nothing_follows_cancelled(talk: Talk, voice: bytes) -> None:
    talk.start()
    talk.send(pcm(voice))
    talk.say("cancel")
    talk.say("ping", id="after")
    talk.expect("started")
    while isinstance(message := talk.hear(), bytes):
        pass
    assert message == {"type": "cancelled", "utterance": 1}
    assert talk.hear()["type"] == "pong"
    assert len(talk.animate(pcm(voice))) == 122


def test_cancel_with_nothing_open_is_ignored(talk: Talk) -> None:
    talk.say("cancel")
    talk.say("ping", id=1)
    assert talk.hear()["type"] == "pong"


def test_pong_repeats_the_id(talk: Talk) -> None:
    talk.say("ping", id={"any": [1]})
    pong = talk.expect("pong")
    assert pong["id"] == {"any": [1]}
    assert pong["time"] > 0


def test_realtime_pace_holds_frames_back(talk: Talk) -> None:
    """The frames of half a second of audio, sent in one message, arrive over about half a second."""
    talk.start(pace="realtime")
    talk.send(s16(buzz(0.5, 16000)))
    talk.say("end")
    talk.expect("started")
    count, messages = 0, 0
    while isinstance(message := talk.hear(), bytes):
        count += int.from_bytes(message[2:4], "little")
        messages += 1
    assert message["frames"] == count == 15
    assert messages >= 8, "frames arrive one by one"


def test_fps_and_seed(talk: Talk) -> None:
    sound = s16(buzz(6, 16000))
    assert len(talk.animate(sound, fps=60)) == 360
    one, other = talk.animate(sound, seed=1), talk.animate(sound, seed=2)
    assert np.array_equal(one, talk.animate(sound, seed=1))
    assert not np.array_equal(one[:, 0], other[:, 0])


def test_profiles_choose_the_motion(talk: Talk) -> None:
    sound = s16(buzz(6, 16000))
    assert not talk.animate(sound, profile="raw")[:, 0].any(), "no blinks"
    assert talk.animate(sound, profile="default")[:, 0].any()


def test_emotions_colour_the_face_and_never_open_a_closure(talk: Talk, voice: bytes) -> None:
    plain = talk.animate(pcm(voice), profile="raw") / 65535
    happy = talk.animate(pcm(voice), emotions={"joy": 1.0, "amazement": 1.0}) / 65535
    smile, jaw = arkit.INDEX["mouthSmileLeft"], arkit.INDEX["jawOpen"]
    assert happy[:, smile].min() > 0.6
    closed = plain[:, jaw] == 0
    assert closed.any()
    assert happy[closed, jaw].max() == 0
    assert happy[~closed, jaw].max() > plain[:, jaw].max()


def test_emotions_may_change_during_an_utterance(talk: Talk) -> None:
    talk.start()
    talk.say("emotions", emotions={"joy": 1.0}, at=1.0)
    talk.send(s16(np.zeros(32000)))
    talk.say("end")
    talk.expect("started")
    smile = talk.frames()[:, arkit.INDEX["mouthSmileLeft"]] / 65535
    assert smile[:30].max() == 0
    assert smile[30] == 0
    assert 0.2 < smile[34] < 0.7, "blending"
    assert smile[40] == pytest.approx(0.9, abs=1e-3)


def test_stereo_and_floats(talk: Talk, voice: bytes) -> None:
    mono = np.frombuffer(pcm(voice), "<i2")
    first = talk.animate(pcm(voice))
    stereo = np.repeat(mono, 2).astype("<i2").tobytes()
    assert np.array_equal(
        talk.animate(stereo, audio={"encoding": "pcm_s16le", "sample_rate": 16000, "channels": 2}), first
    )
    floats = (mono / 32768).astype("<f4").tobytes()
    assert np.array_equal(talk.animate(floats, 999, audio={"encoding": "pcm_f32le", "sample_rate": 16000}), first)


@pytest.mark.parametrize(
    ("format", "subtype"), [("FLAC", None), ("OGG", "VORBIS"), ("MP3", None), ("WAV", "FLOAT"), ("WAV", "PCM_24")]
)
def test_file_formats(talk: Talk, format: str, subtype: str | None) -> None:
    data = encoded(buzz(1, 24000), 24000, format, subtype)
    talk.start(audio={"encoding": "file"})
    talk.send(data)
    talk.say("end")
    started = talk.expect("started")
    assert started["sample_rate"] is None
    assert 30 <= len(talk.frames()) <= 32


def test_unknown_fields_are_ignored(talk: Talk) -> None:
    talk.start(colour="blue", audio={"encoding": "pcm_s16le", "sample_rate": 16000, "channels": 1, "depth": 3})
    talk.expect("started")


def test_speak_without_a_voice_is_an_error(talk: Talk) -> None:
    talk.say("speak", text="Hello")
    talk.error("tts_unavailable")
    talk.say("ping")
    talk.expect("pong")


def test_ten_thousand_utterances_on_one_socket() -> None:
    with run_server() as own, own.talk() as talk:
        talk.expect("ready")
        start = json.dumps({"type": "start", "audio": {"encoding": "pcm_s16le", "sample_rate": 8000}})
        for number in range(1, 10_001):
            talk.socket.send(start)
            talk.socket.send(bytes(16))
            talk.socket.send('{"type":"end"}')
            talk.expect("started")
            assert len(talk.frames()) == 1, number
        until(lambda: own.service.engine.slots.taken == 0)
        assert not own.service.engine._open
        assert not own.service.engine._dirty


@pytest.mark.parametrize("step", [320, 1280, 1 << 20], ids=["10 ms", "40 ms", "at once"])
def test_frames_come_in_groups_and_are_the_same(talk: Talk, voice: bytes, step: int) -> None:
    sound, group = pcm(voice), 7

    expected = talk.animate(sound)
    talk.start(group=group)
    talk.expect("started")
    for at in range(0, len(sound), step):
        talk.send(sound[at : at + step])
    talk.say("end")
    parts = []
    while isinstance(message := talk.hear(), bytes):
        parts.append(decode_frames(message)[2].values)
    assert np.array_equal(np.concatenate(parts), expected)
    assert min(map(len, parts[:-1])) >= group


def test_the_look_ahead_of_a_group_counts_the_wait_of_its_first_frame(talk: Talk) -> None:
    lookaheads = []
    for group in (1, 7):
        talk.start(group=group)
        lookaheads.append(talk.expect("started")["lookahead"])
        talk.say("end")
        talk.expect("end")
    assert lookaheads[1] - lookaheads[0] == pytest.approx(6 / 30, abs=1e-5)


@pytest.mark.parametrize("group", [0, 31, 2.5, "4", None])
def test_a_group_is_an_integer_from_1_to_30(talk: Talk, group: object) -> None:
    talk.start(group=group)
    assert "group" in talk.error("bad_message")["message"]


def test_a_group_is_sent_as_soon_as_it_is_complete(talk: Talk, voice: bytes) -> None:
    talk.start(group=4)
    talk.expect("started")
    talk.send(pcm(voice)[:32000])
    assert talk.hear(), "before the end of the audio"
    talk.say("cancel")
    talk.expect("cancelled")


LIMIT = 100_000
READ_AHEAD = 1 << 20
"""Bytes that the web server may buffer beyond the limits."""


def test_audio_that_waits_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten minutes are sent at once, by a client that wants its frames in real time."""
    monkeypatch.setattr(session, "LEAST_AUDIO", LIMIT)
    monkeypatch.setattr(session, "MOST_AUDIO", LIMIT)
    with run_server() as own, own.talk() as talk, own.talk() as other:
        for each in (talk, other):
            each.expect("ready")
        talk.start(pace="realtime")
        talk.expect("started")
        sending = threading.Thread(target=send_minutes, args=(talk,), daemon=True)
        sending.start()
        until(lambda: own.service.engine.waiting_bytes > LIMIT)
        waiting = []
        for i in range(200):
            other.say("ping", id=i)
            other.expect("pong")
            waiting.append(own.service.engine.waiting_bytes)
        assert max(waiting) < LIMIT + READ_AHEAD
        talk.socket.socket.shutdown(socket.SHUT_RDWR)
        sending.join(PATIENCE)
    assert not own.service.engine._open


def send_minutes(talk: Talk) -> None:
    with suppress(Exception):
        for _ in range(120):
            talk.send(bytes(160_000))


def test_a_client_that_sends_audio_without_an_utterance_is_read_less_and_less(server: Running) -> None:
    with server.talk() as talk:
        talk.expect("ready")
        for _ in range(40):
            talk.send(bytes(640))
        talk.error("bad_state")
        until(lambda: FLOOD.in_debt)
        with server.talk() as other:
            other.expect("ready")
            assert len(other.animate(s16(buzz(1, 16000)))) == 30
    until(lambda: not FLOOD.in_debt)


def test_a_few_messages_after_a_refusal_cost_nothing(server: Running) -> None:
    with server.talk() as talk:
        talk.expect("ready")
        for _ in range(5):
            talk.send(bytes(640))
        talk.error("bad_state")
        assert len(talk.animate(s16(buzz(1, 16000)))) == 30
        assert not FLOOD.in_debt
