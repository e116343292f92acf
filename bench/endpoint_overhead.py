"""Measures what other systems' endpoints cost for 10 s of audio, beside PCM over `WS /ws`: CPU and first frame."""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import time
import wave
from collections.abc import Awaitable, Callable

import httpx
import numpy as np
import uvloop

from a2f_server.api.compat.blendshape_turn import BODY, LAST, START
from first_frame import once
from machine import cpu_seconds, describe, server
from protobuf_streams import BlendshapeClient
from streams import RATE, voice

SECONDS = 10


def wav(sound: bytes) -> bytes:
    """Returns PCM as a file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound)
    return out.getvalue()


async def plain(port: int) -> float:
    """Returns ms to the first frame over `WS /ws`."""
    return (await once(port, "binary"))[0]


async def protobuf(port: int) -> float:
    """Returns ms to the first body over the protobuf WebSocket."""
    _, client = await asyncio.get_running_loop().create_connection(BlendshapeClient, "127.0.0.1", port)
    await client.opened.wait()
    sound, begun = voice(SECONDS), time.perf_counter()
    client.ask(START, sample_rate=RATE, sample_width=2, n_channels=1)
    for i in range(0, len(sound), 1 << 18):
        client.ask(BODY, pcm_bytes=sound[i : i + (1 << 18)])
    client.ask(LAST)
    await asyncio.wait_for(client.ended.wait(), 30)
    client.close()
    return (client.frames[0][0] - begun) * 1000


def upload(path: str, field: str) -> Callable[[int], Awaitable[float]]:
    """Returns a measurement of an HTTP endpoint: ms to the first part of its body."""
    file = wav(voice(SECONDS))

    async def measure(port: int) -> float:
        async with httpx.AsyncClient(verify=False, timeout=60) as http:
            begun, first = time.perf_counter(), 0.0
            async with http.stream("POST", f"http://127.0.0.1:{port}{path}", files={field: file}) as answer:
                async for _ in answer.aiter_raw():
                    first = first or time.perf_counter()
        return (first - begun) * 1000

    return measure


ENDPOINTS: dict[str, Callable[[int], Awaitable[float]]] = {
    "WS /ws": plain,
    "WS /api/v1/streaming_audio2face/ws": protobuf,
    "POST /v1/animate": upload("/v1/animate", "audio"),
    "POST /process-audio/?fps=30": upload("/process-audio/?fps=30", "audio_file"),
    "POST /process-audio/": upload("/process-audio/", "audio_file"),
    "POST /api/v1/process-audio-stream": upload("/api/v1/process-audio-stream", "file"),
}


async def repeat(once: Callable[[int], Awaitable[float]], port: int, runs: int) -> list[float]:
    """Returns the results of `runs` runs."""
    return [await once(port) for _ in range(runs)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", default="mock")
    parser.add_argument("--runs", type=int, default=30)
    options = parser.parse_args()
    print(json.dumps({"machine": describe()}))
    plain_ms = 0.0
    with server(backend=options.backend) as (port, pid):
        for name, once in ENDPOINTS.items():
            uvloop.run(repeat(once, port, 3))
            before = cpu_seconds(pid)
            first = uvloop.run(repeat(once, port, options.runs))
            cpu_ms = (cpu_seconds(pid) - before) / options.runs * 1000
            plain_ms = plain_ms or cpu_ms
            line = {"endpoint": name, "cpu_ms": round(cpu_ms, 1), "ratio": round(cpu_ms / plain_ms, 2)}
            print(json.dumps({**line, "first_frame_ms": round(float(np.median(first)), 1)}), flush=True)


if __name__ == "__main__":
    main()
