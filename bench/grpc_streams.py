"""Measures the gRPC services: late frames of concurrent real-time streams, and the cost of a file beside the WebSocket.

The lateness of a frame is its arrival minus the time when the last sample it needs was sent (docs/performance.md).
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import time
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from fractions import Fraction
from statistics import median
from typing import Any

import grpc
import numpy as np
import uvloop

from a2f_server.frameclock import frame_count, samples_due
from a2f_server.grpc_server import emotalk, nvidia
from a2f_server.grpc_server.protos.controller_v1_pb2 import AudioStream
from a2f_server.grpc_server.protos.emotalk_pb2 import AudioRequest, BlendshapeResponse
from machine import cpu_seconds, describe, free_port, server
from sockets import BINARY, connect, frame
from streams import FPS, RATE, voice

CHANNEL = [("grpc.use_local_subchannel_pool", 1)]
"""Each client has a connection of its own."""
START = {"type": "start", "audio": {"encoding": "pcm_s16le", "sample_rate": RATE, "channels": 1}}

Clip = Callable[[int, bytes], Awaitable[tuple[float, int]]]
"""Sends a clip to a port; returns the seconds to the first frame, and the number of frames."""


def messages(sound: bytes, step: int) -> list[AudioStream]:
    """Returns the messages of a clip: header, audio, end."""
    opening, end = AudioStream(), AudioStream()
    header = opening.audio_stream_header.audio_header
    header.channel_count, header.samples_per_second, header.bits_per_sample = 1, RATE, 16
    end.end_of_audio.SetInParent()
    parts = [AudioStream() for _ in range(0, len(sound), step)]
    for k, part in enumerate(parts):
        part.audio_with_emotion.audio_buffer = sound[k * step : (k + 1) * step]
    return [opening, *parts, end]


async def lookahead(port: int) -> Fraction:
    """Returns the server's look-ahead for this sample rate, which the WebSocket states."""
    client = await connect(port)
    client.ready.clear()
    client.say(**START)
    await client.ready.wait()
    client.close()
    started = next(m for _, m in client.messages if m["type"] == "started")
    return Fraction(started["lookahead"]).limit_denominator(10**6)


async def stream(port: int, sound: bytes, step: int, delay: float, ahead: Fraction) -> tuple[list[float], int]:
    """Runs one client that sends audio in real time; returns the lateness of its frames, and how many are missing."""
    opening, *parts, end = messages(sound, step)
    sent: list[float] = []

    async def paced() -> AsyncIterator[AudioStream]:
        yield opening
        begun = time.perf_counter()
        for k, part in enumerate(parts):
            await asyncio.sleep(begun + (k + 1) * step / 2 / RATE - time.perf_counter())
            sent.append(time.perf_counter())
            yield part
        sent.append(time.perf_counter())
        yield end

    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}", CHANNEL) as channel:
        await asyncio.sleep(delay)
        arrivals = [arrival async for arrival in _frames(channel, paced())]
    late = []
    for i, arrival in enumerate(arrivals):
        needed = samples_due(i, FPS, ahead, RATE)
        late.append(arrival - sent[min((needed - 1) // (step // 2), len(sent) - 1)])
    return late, frame_count(len(sound) // 2, RATE, FPS) - len(arrivals)


async def _frames(channel: Any, requests: AsyncIterator[AudioStream]) -> AsyncIterator[float]:
    """Yields the arrival of each frame. It parses nothing: the server is measured, on the same machine."""
    method = channel.stream_stream(f"/{nvidia.NAME}/ProcessAudioStream", AudioStream.SerializeToString)
    async for message in method(requests):
        now = time.perf_counter()
        if message[0] == ANIMATION_DATA:
            yield now


ANIMATION_DATA = 0x12
"""First byte of a message with a frame."""


async def run(port: int, grpc_port: int, streams: int, seconds: float, message_ms: int) -> dict[str, object]:
    """Runs all clients, with their starts spread over a second."""
    sound, step, ahead = voice(seconds), message_ms * RATE // 1000 * 2, await lookahead(port)
    runs = await asyncio.gather(*(stream(grpc_port, sound, step, k / streams, ahead) for k in range(streams)))
    late = np.array([each for run, _ in runs for each in run]) * 1000
    p50, p99 = np.percentile(late, [50, 99])
    return {
        "streams": streams,
        "frames": len(late),
        "lost": sum(lost for _, lost in runs),
        "late_ms": {"p50": round(p50, 1), "p99": round(p99, 1), "max": round(late.max(), 1)},
    }


def measure_streams(backend: str, streams: int, seconds: float, message_ms: int) -> dict[str, object]:
    """Returns lateness percentiles in ms, lost frames, and the server's CPU time per stream and second."""
    grpc_port = free_port()
    with server(backend=backend, max_streams=max(streams, 1), grpc_port=grpc_port) as (port, pid):
        before = cpu_seconds(pid)
        result = uvloop.run(run(port, grpc_port, streams, seconds, message_ms))
        used = cpu_seconds(pid) - before
    return {**result, "server_cpu_ms_per_stream_second": round(used / streams / seconds * 1000, 2)}


async def over_websocket(port: int, sound: bytes) -> tuple[float, int]:
    """Sends a clip of PCM at once."""
    client = await connect(port)
    begun = time.perf_counter()
    client.say(**START)
    for i in range(0, len(sound), 1 << 15):
        client.send(frame(BINARY, sound[i : i + (1 << 15)]))
    client.say(type="end")
    await client.ended.wait()
    client.close()
    return client.frames[0][0] - begun, sum(count for _, _, count in client.frames)


async def over_nvidia(port: int, sound: bytes) -> tuple[float, int]:
    """Sends a clip of PCM at once."""
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}", CHANNEL) as channel:
        await channel.channel_ready()
        begun = time.perf_counter()

        async def parts() -> AsyncIterator[AudioStream]:
            for part in messages(sound, 1 << 15):
                yield part

        arrivals = [arrival async for arrival in _frames(channel, parts())]
    return arrivals[0] - begun, len(arrivals)


async def over_emotalk(port: int, sound: bytes) -> tuple[float, int]:
    """Sends a clip as a wav, and asks for chunks of a second."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(sound)
    request = AudioRequest(audio_data=file.getvalue(), post_processing=True, chunk_duration=1)
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}", CHANNEL) as channel:
        await channel.channel_ready()
        begun, first, frames = time.perf_counter(), 0.0, 0
        method = channel.unary_stream(f"/{emotalk.NAME}/ProcessAudio", AudioRequest.SerializeToString)
        async for message in method(request):
            first = first or time.perf_counter() - begun
            frames += len(BlendshapeResponse.FromString(message).frames)
    return first, frames


def measure_files(backend: str, seconds: float, rounds: int) -> list[dict[str, object]]:
    """Returns the CPU time of the server and the time to the first frame, per way to send a clip."""
    sound, grpc_port, results = voice(seconds), free_port(), []
    with server(backend=backend, grpc_port=grpc_port) as (port, pid):
        ways: dict[str, tuple[Clip, int]] = {
            "websocket": (over_websocket, port),
            "nvidia": (over_nvidia, grpc_port),
            "emotalk": (over_emotalk, grpc_port),
        }
        for name, (way, at) in ways.items():
            uvloop.run(way(at, sound))
            before = cpu_seconds(pid)
            firsts = [uvloop.run(way(at, sound)) for _ in range(rounds)]
            assert {count for _, count in firsts} == {frame_count(len(sound) // 2, RATE, FPS)}
            cpu = (cpu_seconds(pid) - before) / rounds
            first = median(first for first, _ in firsts)
            results.append({"way": name, "cpu_ms": round(cpu * 1000, 1), "first_frame_ms": round(first * 1000, 1)})
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", default="mock")
    parser.add_argument("--streams", type=int, nargs="+", default=[1, 50])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--message-ms", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    print(json.dumps({"machine": describe()}))
    for streams in options.streams:
        print(json.dumps(measure_streams(options.backend, streams, options.seconds, options.message_ms)), flush=True)
    for result in measure_files(options.backend, options.seconds, options.rounds):
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
