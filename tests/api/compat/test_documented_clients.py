"""Clients of other systems, written from their documents, with host and port changed."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import httpx
import numpy as np
import pytest
from websockets.sync.client import connect

from a2f_server import arkit
from tests.support.dynamic_messages import Messages
from tests.support.running import PATIENCE, Running, run_server
from tests.support.sounds import buzz, s16, wav

PAGE = (Path(__file__).parents[3] / "docs/compatibility.md").read_text("utf-8")
RATE, SECONDS = 16000, 4.5
SOUND = buzz(SECONDS, RATE)
PCM = s16(SOUND)
FRAMES = 135


@pytest.fixture(scope="module")
def grpc_server() -> Iterator[tuple[Running, str]]:
    """Yields a server and the address of its gRPC port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with run_server(grpc_port=port) as running:
        yield running, f"127.0.0.1:{port}"


def weights(server: Running, **query: Any) -> np.ndarray:
    """Returns the frames of the sound from POST /v1/animate."""
    with server.http() as http:
        return np.array(http.post("/v1/animate", content=wav(SOUND, RATE), params=query).json()["weights"])


def commands(server: Running, folder: Path, text: str) -> str:
    """Runs an example of the page as a command; returns what it prints."""
    (folder / "audio.wav").write_bytes(wav(SOUND, RATE))
    kind = [sys.executable, "-c"] if "import" in text else ["sh", "-c"]
    done = subprocess.run(
        [*kind, text.replace("8000", str(server.port))],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def example(contains: str) -> str:
    [found] = [block for block in re.findall(r"```\w+\n(.*?)```", PAGE, re.DOTALL) if contains in block]
    return str(found)


def test_a2f_client_reads_chunks(server: Running, tmp_path: Path) -> None:
    assert commands(server, tmp_path, example("/process-audio/")) == "0 40\n1 40\n2 10\n"


def test_a2f_client_merges_chunks(server: Running) -> None:
    with server.http() as http:
        answer = http.post("/process-audio/?fps=20", files={"audio_file": ("audio.wav", wav(SOUND, RATE))})
    results = [json.loads(line)["result"] for line in answer.text.splitlines()]
    for same in ("exportFps", "numPoses", "facsNames", "joints"):
        assert all(result[same] == results[0][same] for result in results), same
    for rows in ("weightMat", "rotations", "translations"):
        assert all(len(result[rows]) == result["numFrames"] for result in results), rows
    merged = np.concatenate([result["weightMat"] for result in results])
    order = [arkit.INDEX[name] for name in results[0]["facsNames"]]
    np.testing.assert_allclose(merged, weights(server, fps=20)[:, order], atol=1e-4)


def test_emotalk_curl(server: Running, tmp_path: Path) -> None:
    text = commands(server, tmp_path, example("process-audio-stream").replace("curl ", "curl -sS "))
    frames = [f for line in text.splitlines() if line.startswith("data: ") for f in json.loads(line[6:])]
    assert [f["timecode"] for f in frames] == pytest.approx([i / 30 for i in range(FRAMES)], abs=1e-4)
    assert {len(f["blendshapes"]) for f in frames} == {52}


def test_emotalk_page(server: Running) -> None:
    """The published page calls `forEach` on all that it parses, also at the end."""
    seen = []
    with (
        server.http() as http,
        http.stream(
            "POST", "/api/v1/process-audio-stream", files={"file": ("audio.wav", wav(SOUND, RATE), "audio/wav")}
        ) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line.startswith("data: "):
                frames = json.loads(line[6:])
                assert isinstance(frames, list), "the page calls forEach"
                seen += frames
    assert len(seen) == FRAMES


def test_emotalk_curl_health(server: Running) -> None:
    health = httpx.get(f"{server.url}/health").json()
    assert {"status", "service", "version", "grpc_status"} <= health.keys()


EMOTALK = Messages(
    "emotalk",
    {
        "AudioRequest": [
            (1, "request_id", "string"),
            (2, "audio_data", "bytes"),
            (3, "emotion_level", "int32"),
            (4, "person_id", "int32"),
            (5, "post_processing", "bool"),
            (6, "chunk_duration", "float"),
            (7, "chunk_overlap", "float"),
        ],
        "BlendshapeFrame": [
            (1, "timecode", "double"),
            (2, "frame_number", "int32"),
            (3, "blendshapes", "repeated float"),
        ],
        "BlendshapeResponse": [
            (1, "request_id", "string"),
            (2, "chunk_index", "int32"),
            (3, "frames", "repeated BlendshapeFrame"),
            (4, "is_final", "bool"),
            (5, "error_message", "string"),
        ],
        "HealthCheckRequest": [(1, "service", "string")],
        "HealthCheckResponse": [(1, "status", "int32")],
    },
)
LARGE = [("grpc.max_send_message_length", 100 << 20), ("grpc.max_receive_message_length", 100 << 20)]


def test_emotalk_grpc(grpc_server: tuple[Running, str]) -> None:
    _, address = grpc_server
    with grpc.insecure_channel(address, options=[*LARGE, ("grpc.keepalive_time_ms", 10000)]) as channel:
        check = channel.unary_unary(
            "/emotalk.EmoTalkService/HealthCheck",
            EMOTALK.HealthCheckRequest.SerializeToString,
            EMOTALK.HealthCheckResponse.FromString,
        )
        assert check(EMOTALK.HealthCheckRequest(service="emotalk"), timeout=PATIENCE).status == 1
        process = channel.unary_stream(
            "/emotalk.EmoTalkService/ProcessAudio",
            EMOTALK.AudioRequest.SerializeToString,
            EMOTALK.BlendshapeResponse.FromString,
        )
        request = EMOTALK.AudioRequest(
            request_id="a",
            audio_data=wav(SOUND, RATE),
            emotion_level=1,
            post_processing=True,
            chunk_duration=25,
            chunk_overlap=0.5,
        )
        answers = list(process(request, timeout=PATIENCE))
    assert not [a.error_message for a in answers if a.error_message]
    assert [a.is_final for a in answers] == [False] * (len(answers) - 1) + [True]
    frames = [frame for answer in answers for frame in answer.frames]
    assert [f.timecode for f in frames] == pytest.approx([i / 30 for i in range(FRAMES)])
    assert {len(f.blendshapes) for f in frames} == {52}


DLP3D = Messages(
    "audio2face_blendshape_v1",
    {
        "Audio2FaceBlendshapeV1Request": [
            (1, "class_name", "string"),
            (2, "request_id", "string"),
            (3, "sample_rate", "int32"),
            (4, "sample_width", "int32"),
            (5, "n_channels", "int32"),
            (6, "profile_name", "string"),
            (7, "offset_name", "string"),
            (8, "response_chunk_n_frames", "int32"),
            (9, "pcm_bytes", "bytes"),
        ],
        "Audio2FaceBlendshapeV1Response": [
            (1, "class_name", "string"),
            (2, "blendshape_names", "repeated string"),
            (3, "dtype", "string"),
            (4, "data", "bytes"),
        ],
    },
)


def test_dlp3d_orchestrator(server: Running) -> None:
    def message(kind: str, **fields: Any) -> bytes:
        made = DLP3D.Audio2FaceBlendshapeV1Request(class_name=f"StreamingAudio2FaceV1{kind}", request_id="a", **fields)
        return bytes(made.SerializeToString())

    address = f"ws://127.0.0.1:{server.port}/api/v1/streaming_audio2face/ws"
    with connect(address, max_size=None, compression=None) as client:
        form = {"sample_rate": RATE, "sample_width": 2, "n_channels": 1, "response_chunk_n_frames": 10}
        client.send(message("ChunkStart", profile_name="KQ-default", **form))
        for at in range(0, len(PCM), 1280):
            client.send(message("ChunkBody", pcm_bytes=PCM[at : at + 1280], offset_name="happiness_1"))
        client.send(message("ChunkEnd"))
        answers = []
        while not answers or answers[-1].class_name != "Audio2FaceV1ResponseChunkEnd":
            received = client.recv(PATIENCE)
            assert isinstance(received, bytes)
            answers.append(DLP3D.Audio2FaceBlendshapeV1Response.FromString(received))
    start, *bodies, _ = answers
    assert start.class_name == "Audio2FaceV1ResponseChunkStart"
    assert start.dtype == "float16"
    count = len(start.blendshape_names)
    parts = [np.frombuffer(body.data, "<f2").reshape(-1, count) for body in bodies]
    assert {body.class_name for body in bodies} == {"Audio2FaceV1ResponseChunkBody"}
    assert max(map(len, parts)) <= 10
    assert sum(map(len, parts)) == FRAMES


NIM = Messages(
    "nim",  # the wire has no package names
    {
        "AudioHeader": [
            (1, "audio_format", "int32"),
            (2, "channel_count", "uint32"),
            (3, "samples_per_second", "uint32"),
            (4, "bits_per_sample", "uint32"),
        ],
        "AudioStreamHeader": [(1, "audio_header", "AudioHeader")],
        "AudioWithEmotion": [(1, "audio_buffer", "bytes")],
        "EndOfAudio": [],
        "AudioStream": [
            (1, "audio_stream_header", "AudioStreamHeader"),
            (2, "audio_with_emotion", "AudioWithEmotion"),
            (3, "end_of_audio", "EndOfAudio"),
        ],
        "SkelAnimationHeader": [(1, "blend_shapes", "repeated string")],
        "AnimationDataStreamHeader": [
            (1, "audio_header", "AudioHeader"),
            (2, "skel_animation_header", "SkelAnimationHeader"),
        ],
        "FloatArrayWithTimeCode": [(1, "time_code", "double"), (2, "values", "repeated float")],
        "SkelAnimation": [(1, "blend_shape_weights", "repeated FloatArrayWithTimeCode")],
        "AudioWithTimeCode": [(1, "time_code", "double"), (2, "audio_buffer", "bytes")],
        "AnimationData": [(1, "skel_animation", "SkelAnimation"), (2, "audio", "AudioWithTimeCode")],
        "Event": [(1, "event_type", "int32")],
        "Status": [(1, "code", "int32"), (2, "message", "string")],
        "AnimationDataStream": [
            (1, "animation_data_stream_header", "AnimationDataStreamHeader"),
            (2, "animation_data", "AnimationData"),
            (3, "event", "Event"),
            (4, "status", "Status"),
        ],
    },
)


@pytest.mark.parametrize("package", ["nvidia_ace.services.a2f_controller.v1"])
def test_nim_writes_everything_before_it_reads(grpc_server: tuple[Running, str], package: str) -> None:
    server, address = grpc_server
    header = NIM.AudioHeader(channel_count=1, samples_per_second=RATE, bits_per_sample=16)
    second = 2 * RATE
    parts = [PCM[at : at + second] for at in range(0, len(PCM), second)]
    requests = [
        NIM.AudioStream(audio_stream_header=NIM.AudioStreamHeader(audio_header=header)),
        *(NIM.AudioStream(audio_with_emotion=NIM.AudioWithEmotion(audio_buffer=part)) for part in parts),
        NIM.AudioStream(end_of_audio=NIM.EndOfAudio()),
    ]
    with grpc.insecure_channel(address) as channel:
        process = channel.stream_stream(
            f"/{package}.A2FControllerService/ProcessAudioStream",
            NIM.AudioStream.SerializeToString,
            NIM.AnimationDataStream.FromString,
        )
        first, *others = process(iter(requests), timeout=PATIENCE)
    names = first.animation_data_stream_header.skel_animation_header.blend_shapes
    assert list(names[:52]) == [arkit.pascal(name) for name in arkit.NAMES]
    assert others[-1].HasField("status")
    assert others[-1].status.code == 0, "SUCCESS is last"
    frames = [other.animation_data for other in others if other.HasField("animation_data")]
    assert len(frames) == FRAMES
    made = np.array([frame.skel_animation.blend_shape_weights[0].values[:52] for frame in frames])
    np.testing.assert_allclose(made, weights(server), atol=1e-4)
    assert b"".join(frame.audio.audio_buffer for frame in frames)[: len(PCM)] == PCM
