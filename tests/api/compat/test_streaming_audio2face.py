"""`WS /api/v1/streaming_audio2face/ws`: protobuf in and out, the same frames as /v1/animate, and bad input."""

from __future__ import annotations

import importlib.util
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import structlog
from pydantic import SecretStr
from websockets.exceptions import ConnectionClosed

from a2f_server import arkit
from a2f_server.api.compat import streaming_audio2face
from a2f_server.api.compat.protobuf_messages.audio2face_blendshape_v1_pb2 import (
    Audio2FaceBlendshapeV1Request,
    Audio2FaceBlendshapeV1Response,
)
from a2f_server.engine import load
from tests.api.test_bad_input import frame
from tests.backends.toy import Nan
from tests.support.running import PATIENCE, Running, Talk, run_server
from tests.support.sounds import buzz, s16, wav
from tests.support.waiting import until

PATH = "/api/v1/streaming_audio2face/ws"
ROOT = Path(__file__).parents[3]
SAMPLES = buzz(1.3, 16000)
SOUND = s16(SAMPLES)
FORMAT = {"sample_rate": 16000, "sample_width": 2, "n_channels": 1}
START, BODY, END = (f"StreamingAudio2FaceV1Chunk{part}" for part in ("Start", "Body", "End"))


class BlendshapeTalk(Talk):
    """A client of dlp3d's service."""

    def ask(self, class_name: str, **fields: Any) -> None:
        request = Audio2FaceBlendshapeV1Request(class_name=class_name, request_id="1", **fields)
        self.socket.send(request.SerializeToString())

    def open(self, **fields: Any) -> None:
        self.ask(START, **{**FORMAT, **fields})

    def answer(self) -> Audio2FaceBlendshapeV1Response:
        message = self.socket.recv(PATIENCE)
        assert isinstance(message, bytes)
        return Audio2FaceBlendshapeV1Response.FromString(message)

    def response(self) -> tuple[list[str], list[np.ndarray]]:
        """Returns names and bodies; checks the order of the response."""
        start = self.answer()
        if start.class_name == "Audio2FaceV1ResponseChunkEnd":
            return [], []
        assert (start.class_name, start.dtype) == ("Audio2FaceV1ResponseChunkStart", "float16")
        bodies = []
        while (message := self.answer()).class_name != "Audio2FaceV1ResponseChunkEnd":
            assert message.class_name == "Audio2FaceV1ResponseChunkBody"
            bodies.append(np.frombuffer(message.data, "<f2").reshape(-1, len(start.blendshape_names)))
        return list(start.blendshape_names), bodies

    def animate_pcm(self, sound: bytes = SOUND, step: int = 1280, **fields: Any) -> tuple[list[str], list[np.ndarray]]:
        self.open(**fields)
        for i in range(0, len(sound), step):
            self.ask(BODY, pcm_bytes=sound[i : i + step], offset_name="happiness_1")
        self.ask(END)
        return self.response()

    def refusal(self) -> tuple[int, str]:
        """Returns the close code and reason; frames may come before."""
        try:
            while True:
                self.socket.recv(PATIENCE)
        except ConnectionClosed:
            assert self.socket.close_code is not None
            return self.socket.close_code, self.socket.close_reason or ""


@contextmanager
def talking(server: Running, path: str = PATH, **options: Any) -> Iterator[BlendshapeTalk]:
    with server.talk(path, **{"subprotocols": None, **options}) as talk:
        yield BlendshapeTalk(talk.socket)


@pytest.fixture
def talk(server: Running) -> Iterator[BlendshapeTalk]:
    with talking(server) as talk:
        yield talk
    until(lambda: server.service.engine.slots.taken == 0 and not server.service.connections)


def weights(server: Running, file: bytes, **query: Any) -> np.ndarray:
    """Returns the frames of `POST /v1/animate` at 30 fps, as float16 of the u16 values."""
    with server.http() as http:
        answer = http.post("/v1/animate", content=file, params={"fps": 30, **query}, headers={"Accept": "text/csv"})
    rows = [line.split(",")[2:54] for line in answer.text.splitlines()]
    order = [rows[0].index(arkit.pascal(name)) for name in arkit.NAMES]
    return np.array([[float(row[i]) for i in order] for row in rows[1:]], np.float32).astype(np.float16)


FILE = wav(SAMPLES, 16000)


@pytest.mark.parametrize("step", [2, 641, 1280, 1 << 18])
def test_the_frames_are_those_of_animate_however_the_audio_is_cut(server: Running, step: int) -> None:
    with talking(server) as talk:
        names, bodies = talk.animate_pcm(SOUND[: 2 if step == 2 else None], step)
    whole = weights(server, wav(SAMPLES[: 1 if step == 2 else None], 16000))
    assert names == list(arkit.NAMES)
    assert np.array_equal(np.concatenate(bodies), whole)


@pytest.mark.parametrize(("asked", "most"), [(0, 10), (1, 1), (7, 7), (1000, 1000)])
def test_a_body_has_at_most_as_many_frames_as_were_asked_for(server: Running, asked: int, most: int) -> None:
    with talking(server) as talk:
        _, bodies = talk.animate_pcm(step=1 << 18, response_chunk_n_frames=asked)
    assert sum(map(len, bodies)) == 39
    assert 0 < max(map(len, bodies)) <= most


def test_other_rates_and_stereo(server: Running) -> None:
    stereo = buzz(0.5, 44100, channels=2)
    with talking(server) as talk:
        _, bodies = talk.animate_pcm(s16(stereo), sample_rate=44100, n_channels=2)
    assert np.array_equal(np.concatenate(bodies), weights(server, wav(stereo, 44100)))


def test_the_rate_is_always_30() -> None:
    with run_server(fps=60) as server, talking(server) as talk:
        _, bodies = talk.animate_pcm()
        assert np.array_equal(np.concatenate(bodies), weights(server, FILE))


def test_without_audio_there_is_only_an_end(talk: BlendshapeTalk) -> None:
    talk.open()
    talk.ask(END)
    assert talk.response() == ([], [])


def test_frames_come_before_the_end_of_the_audio(talk: BlendshapeTalk) -> None:
    talk.open()
    talk.ask(BODY, pcm_bytes=SOUND)
    assert talk.answer().class_name == "Audio2FaceV1ResponseChunkStart"
    assert talk.answer().class_name == "Audio2FaceV1ResponseChunkBody"


def test_the_socket_stays_open_for_the_client_to_close(talk: BlendshapeTalk) -> None:
    talk.animate_pcm()
    assert talk.socket.ping().wait(PATIENCE)
    talk.socket.close(1000)
    assert talk.socket.close_code == 1000


def test_a_profile_by_name(server: Running) -> None:
    with talking(server) as talk:
        _, bodies = talk.animate_pcm(profile_name="raw")
    assert np.array_equal(np.concatenate(bodies), weights(server, FILE, profile="raw"))


@pytest.mark.parametrize(("name", "warned"), [("An avatar's name", True), ("../../etc", True), ("", False)])
def test_an_unknown_profile_is_the_default(server: Running, name: str, warned: bool) -> None:
    with structlog.testing.capture_logs() as lines, talking(server) as talk:
        _, bodies = talk.animate_pcm(profile_name=name)
    assert np.array_equal(np.concatenate(bodies), weights(server, FILE))
    warnings = [line for line in lines if line["event"] == "unknown profile"]
    assert [(line["profile"], line["used"], line["log_level"]) for line in warnings] == (
        [(name, "default", "warning")] if warned else []
    )


RENAMED = "KQ-default"


@pytest.mark.parametrize("step", [642, 1280, 1 << 18])
def test_a_profile_that_renames(server: Running, step: int) -> None:
    """Its names are those of MMD's morphs. Its offsets go by the name that comes with the audio."""
    with talking(server) as talk:
        names, bodies = talk.animate_pcm(SOUND, step, profile_name=RENAMED)
    with server.http() as http:
        query = {"profile": RENAMED, "offset_name": "happiness_1", "fps": 30}
        whole = http.post("/v1/animate", content=FILE, params=query).json()
    assert names == whole["blendshapes"]
    assert "まばたき" in names
    assert np.allclose(np.concatenate(bodies), whole["weights"], atol=6e-4)


# Bad input


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("text", "Expected a binary message, but received text"),
        ('{"type": "start"}', "Expected a binary message, but received text"),
        (b"\xff\xff\xff", "The message cannot be decoded as Audio2FaceBlendshapeV1Request"),
        (b"\x0a\x05ab", "The message cannot be decoded as Audio2FaceBlendshapeV1Request"),
        (b"\x0a\x01\xff", "The message cannot be decoded as Audio2FaceBlendshapeV1Request"),
        (b"", f"Expected {START}, but received class_name: "),
    ],
)
def test_what_is_no_request(talk: BlendshapeTalk, message: bytes | str, reason: str) -> None:
    talk.socket.send(message)
    assert talk.refusal() == (1008, reason)


@pytest.mark.parametrize("name", [BODY, END, "Audio2FaceV1ResponseChunkStart", "dance", "あ" * 1000])
def test_audio_or_anything_else_before_the_start(talk: BlendshapeTalk, name: str) -> None:
    talk.ask(name, pcm_bytes=SOUND)
    code, reason = talk.refusal()
    assert code == 1008
    assert reason.startswith(f"Expected {START}, but received class_name: {name[:10]}")


@pytest.mark.parametrize("name", [START, "dance", ""])
def test_a_wrong_class_in_the_middle(talk: BlendshapeTalk, name: str) -> None:
    talk.open()
    talk.ask(BODY, pcm_bytes=SOUND)
    talk.ask(name, **FORMAT)
    reason = f"Expected {BODY} or {END}, but received class_name: {name}"
    assert talk.refusal() == (1008, reason[:123])


def test_a_second_request(talk: BlendshapeTalk) -> None:
    talk.animate_pcm()
    talk.open()
    code, reason = talk.refusal()
    assert (code, reason.startswith("A connection takes one request")) == (1008, True)


@pytest.mark.parametrize(
    "fields",
    [
        {"sample_rate": 0},
        {"sample_rate": -16000},
        {"sample_rate": 192000},
        {"sample_width": 0},
        {"sample_width": 4},
        {"n_channels": 0},
        {"n_channels": 7},
        {"response_chunk_n_frames": -1},
    ],
)
def test_formats_that_are_not_supported(talk: BlendshapeTalk, fields: dict[str, int]) -> None:
    talk.open(**fields)
    code, reason = talk.refusal()
    assert code == 1008
    assert "support" in reason or "negative" in reason


def test_half_a_sample_at_the_end(talk: BlendshapeTalk) -> None:
    talk.open()
    talk.ask(BODY, pcm_bytes=SOUND[:-1])
    talk.ask(END)
    code, reason = talk.refusal()
    assert (code, reason.startswith("the audio ends within a sample")) == (1008, True)


def test_a_backend_that_returns_nan() -> None:
    with run_server(backend=Nan()) as server, talking(server) as talk:
        talk.open()
        talk.ask(BODY, pcm_bytes=s16(np.ones(16000, np.float32)))
        assert talk.refusal()[0] == 1011


def test_limits() -> None:
    with run_server(max_utterance_s=1, max_message_bytes=50_000, max_streams=1) as server:
        with talking(server) as talk:
            talk.open()
            talk.ask(BODY, pcm_bytes=bytes(20000))
            talk.ask(BODY, pcm_bytes=bytes(20000))
            assert talk.refusal()[0] == 1008
        with talking(server) as talk:
            talk.open()
            talk.ask(BODY, pcm_bytes=bytes(50_000))
            assert talk.refusal()[0] == 1009
        with talking(server) as one, talking(server) as other:
            one.open()
            one.ask(BODY, pcm_bytes=SOUND[:8000])
            one.answer()
            other.open()
            code, reason = other.refusal()
            assert (code, "all 1 streams" in reason) == (1013, True)
        until(lambda: server.service.engine.slots.taken == 0)


def test_a_silent_client_is_disconnected() -> None:
    with run_server(idle_s=0.1) as server, talking(server) as talk:
        code, reason = talk.refusal()
        assert (code, reason.startswith("nothing came")) == (1008, True)


def test_keys_tokens_and_origins() -> None:
    key = {"Authorization": "Bearer correct horse battery staple"}
    with run_server(api_key=SecretStr("correct horse battery staple"), subject_streams=1) as server:
        for options in ({}, {"additional_headers": {**key, "Origin": "https://evil.example"}}):
            with talking(server, **options) as talk:
                code, reason = talk.refusal()
                assert (code, bool(reason)) == (1008, True)
        with talking(server, additional_headers=key) as talk:
            assert talk.animate_pcm()[0]
        with server.http(headers=key) as http:
            token = http.post("/v1/token", json={"subject": "user-42"}).json()["token"]
        with talking(server, f"{PATH}?token={token}") as talk, talking(server, f"{PATH}?token={token}") as other:
            talk.open()
            talk.ask(BODY, pcm_bytes=SOUND)
            talk.answer()
            other.open()
            assert other.refusal()[0] == 1013, "the subject has all its slots"
            talk.ask(END)
            assert talk.response


def test_a_shutdown() -> None:
    with run_server(drain_s=0) as server, talking(server) as talk:
        talk.open()
        talk.ask(BODY, pcm_bytes=SOUND[:8000])
        talk.answer()
        server.stop()
        assert talk.refusal()[0] == 1013


def test_the_log_has_one_line_for_each_request(server: Running) -> None:
    def lines(do: Any) -> list[tuple[str, float, str]]:
        with structlog.testing.capture_logs() as captured:
            with talking(server) as talk:
                do(talk)
            until(lambda: not server.service.connections)
        found = [line for line in captured if line["event"] == "utterance"]
        return [(line["endpoint"], line["seconds"], line["outcome"]) for line in found]

    def leave(talk: BlendshapeTalk) -> None:
        talk.open()
        talk.ask(BODY, pcm_bytes=SOUND)
        talk.answer()

    def spoil(talk: BlendshapeTalk) -> None:
        leave(talk)
        talk.socket.send("text")
        talk.refusal()

    assert lines(lambda talk: talk.animate_pcm()) == [(PATH, 1.3, "end")]
    assert lines(leave) == [(PATH, 1.3, "disconnected")]
    assert lines(spoil) == [(PATH, 1.3, "bad_message")]


def test_a_hundred_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "TICK_S", 60.0)  # a slow machine would admit fewer
    results: list[int] = []

    def run() -> None:
        with talking(server) as talk:
            results.append(sum(map(len, talk.animate_pcm(SOUND[:6400])[1])))

    threads = [threading.Thread(target=run) for _ in range(100)]
    with run_server(max_streams=100) as server:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
    assert results == [6] * 100


def test_a_client_that_never_reads_is_dropped() -> None:
    with run_server(send_timeout_s=0.2) as server, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", server.port))
        client.sendall(
            f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        assert client.recv(100).startswith(b"HTTP/1.1 101")
        until(lambda: server.service.connections)
        (connection,) = server.service.connections
        connection._fast_path.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        start = Audio2FaceBlendshapeV1Request(class_name=START, **FORMAT)
        body = Audio2FaceBlendshapeV1Request(class_name=BODY, pcm_bytes=bytes(32000))
        for request in (start, *[body] * 120):
            client.sendall(frame(2, request.SerializeToString()))
        until(lambda: server.service.engine.slots.taken == 1)
        until(lambda: server.service.engine.slots.taken == 0 and not server.service.connections)


# Packaging


def test_without_protobuf_the_socket_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        streaming_audio2face, "find_spec", lambda name: None if name == "google.protobuf" else find(name)
    )
    with run_server() as server, talking(server) as talk:
        code, reason = talk.refusal()
        assert (code, "pip install 'a2f-server[protobuf]'" in reason) == (1011, True)
