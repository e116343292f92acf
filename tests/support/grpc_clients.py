"""Clients of the gRPC services, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import numpy as np

from a2f_server import arkit
from a2f_server.grpc_server import emotalk, nvidia
from a2f_server.grpc_server.protos.controller_v1_pb2 import AnimationDataStream, AudioStream
from a2f_server.grpc_server.protos.emotalk_pb2 import AudioRequest, BlendshapeResponse
from tests.support.running import PATIENCE, Running, run_server

STREAM = f"/{nvidia.NAME}/ProcessAudioStream"
FILE = f"/{emotalk.NAME}/ProcessAudio"
Messages = Iterable[AudioStream | bytes]


@contextmanager
def run_grpc(**settings: Any) -> Iterator[Running]:
    """Runs a server that also serves gRPC."""
    with run_server(grpc_port=0, **settings) as running:
        yield running


def target(server: Running) -> str:
    assert server.server.grpc
    return f"127.0.0.1:{server.server.grpc.port}"


@contextmanager
def channel(server: Running) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(target(server), CLIENT_OPTIONS) as opened:
        yield opened


CLIENT_OPTIONS = [("grpc.max_receive_message_length", 100 << 20), ("grpc.max_send_message_length", 100 << 20)]


def on_loop(server: Running, work: Callable[[grpc.aio.Channel], Coroutine[Any, Any, Any]]) -> Any:
    """Runs a client of grpc.aio, which allows one event loop a process, on the server's loop."""

    async def run() -> Any:
        async with grpc.aio.insecure_channel(target(server), CLIENT_OPTIONS) as opened:
            return await work(opened)

    return asyncio.run_coroutine_threadsafe(run(), server.loop).result(PATIENCE)


def encoded(message: AudioStream | bytes) -> bytes:
    return message if isinstance(message, bytes) else bytes(message.SerializeToString())


def header(rate: int = 16000, **audio: int) -> AudioStream:
    message = AudioStream()
    fields = {"channel_count": 1, "samples_per_second": rate, "bits_per_sample": 16, **audio}
    for name, value in fields.items():
        setattr(message.audio_stream_header.audio_header, name, value)
    return message


def audio(pcm: bytes, *emotions: tuple[float, dict[str, float]]) -> AudioStream:
    message = AudioStream()
    message.audio_with_emotion.audio_buffer = pcm
    for time_code, emotion in emotions:
        message.audio_with_emotion.emotions.add(time_code=time_code).emotion.update(emotion)
    return message


def end() -> AudioStream:
    message = AudioStream()
    message.end_of_audio.SetInParent()
    return message


def clip(pcm: bytes, step: int = 1 << 15, opening: AudioStream | None = None) -> list[AudioStream]:
    """Returns the messages of a whole clip."""
    parts = [audio(pcm[i : i + step]) for i in range(0, len(pcm), step)]
    return [opening or header(), *parts, end()]


def open_stream(opened: Any) -> Any:
    return opened.stream_stream(STREAM, encoded, AnimationDataStream.FromString)


def animate(server: Running, messages: Messages, **options: Any) -> list[AnimationDataStream]:
    """Returns everything that the server answers. Raises grpc.RpcError."""
    with channel(server) as opened:
        return list(open_stream(opened)(iter(messages), timeout=PATIENCE, **options))


def refused(server: Running, messages: Messages, **options: Any) -> tuple[grpc.StatusCode, str]:
    """Returns the status of a stream that the server refuses."""
    try:
        animate(server, messages, **options)
    except grpc.RpcError as error:
        return error.code(), error.details()
    raise AssertionError("the stream was not refused")


def weights_of(answer: Iterable[AnimationDataStream]) -> np.ndarray:
    """Returns the frames `[n, 52]`; checks that each message has one, at its time."""
    rows = []
    for message in answer:
        if message.HasField("animation_data"):
            (row,) = message.animation_data.skel_animation.blend_shape_weights
            assert row.time_code == message.animation_data.audio.time_code == len(rows) / 30
            rows.append(list(row.values))
    return np.array(rows, np.float32).reshape(-1, arkit.COUNT)


def notices_of(answer: Iterable[AnimationDataStream]) -> list[tuple[int, str]]:
    """Returns code and message of the statuses but the last."""
    return [(m.status.code, m.status.message) for m in answer if m.HasField("status")][:-1]


def file_responses(opened: Any, request: AudioRequest | bytes, **options: Any) -> Any:
    """Begins a call of EmoTalk's service."""
    send = request if isinstance(request, bytes) else request.SerializeToString()
    method = opened.unary_stream(FILE, lambda data: data, BlendshapeResponse.FromString)
    return method(send, timeout=PATIENCE, **options)
