"""Measures many concurrent real-time requests over the protobuf WebSocket, as bench/streams.py does over `WS /ws`."""

from __future__ import annotations

import argparse
import asyncio
import json
import time
import urllib.request
from fractions import Fraction

import numpy as np
import uvloop

from a2f_server.api.compat.blendshape_turn import BODY, LAST, START
from a2f_server.api.compat.paths import STREAMING_AUDIO2FACE
from a2f_server.api.compat.protobuf_messages.audio2face_blendshape_v1_pb2 import (
    Audio2FaceBlendshapeV1Request,
    Audio2FaceBlendshapeV1Response,
)
from a2f_server.frameclock import frame_count, samples_due
from machine import cpu_seconds, describe, server
from sockets import BINARY, LoadClient, frame
from streams import FPS, RATE, voice

FRAME_BYTES = 52 * 2


class BlendshapeClient(LoadClient):
    """One connection. `frames` holds (arrival, first, count) of every body."""

    path = STREAMING_AUDIO2FACE

    def ask(self, class_name: str, **fields: object) -> None:
        """Sends a request."""
        self.send(packed(class_name, **fields))

    def _on_message(self, now: float, opcode: int, payload: bytes) -> None:
        if opcode != BINARY:
            return super()._on_message(now, opcode, payload)
        response = Audio2FaceBlendshapeV1Response.FromString(payload)
        if response.data:
            first = sum(count for _, _, count in self.frames[-1:]) + (self.frames[-1][1] if self.frames else 0)
            self.frames.append((now, first, len(response.data) // FRAME_BYTES))
        elif not response.blendshape_names:
            self.ended.set()


def packed(class_name: str, **fields: object) -> bytes:
    """Returns the WebSocket frame of a request."""
    return frame(BINARY, Audio2FaceBlendshapeV1Request(class_name=class_name, **fields).SerializeToString())


async def request(port: int, sound: bytes, step: int, delay: float, lookahead: Fraction) -> dict[str, object]:
    """Runs one client that sends audio in real time; returns the lateness of its frames."""
    _, client = await asyncio.get_running_loop().create_connection(BlendshapeClient, "127.0.0.1", port)
    messages = [packed(BODY, pcm_bytes=sound[i : i + step], offset_name="") for i in range(0, len(sound), step)]
    await client.opened.wait()
    await asyncio.sleep(1 + delay)
    client.ask(START, sample_rate=RATE, sample_width=2, n_channels=1)
    begun, sent = time.perf_counter(), []
    for k, message in enumerate(messages):
        await asyncio.sleep(begun + (k + 1) * step / 2 / RATE - time.perf_counter())
        sent.append(time.perf_counter())
        client.send(message)
    client.ask(LAST)
    sent.append(time.perf_counter())
    await asyncio.wait_for(client.ended.wait(), 60)
    total = frame_count(len(sound) // 2, RATE, FPS)
    due = [min((samples_due(i, FPS, lookahead, RATE) - 1) // (step // 2), len(sent) - 1) for i in range(total)]
    late = [arrival - sent[due[i]] for arrival, first, count in client.frames for i in range(first, first + count)]
    client.close()
    return {"late": late, "lost": total - len(late)}


async def run(port: int, streams: int, seconds: float, message_ms: int) -> list[dict[str, object]]:
    """Runs all clients, with their starts spread over a second."""
    sound, step = voice(seconds), message_ms * RATE // 1000 * 2
    health = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/health"))  # noqa: ASYNC210 - before the streams
    lookahead = Fraction(health["lookahead"]).limit_denominator(10**6)
    return await asyncio.gather(*(request(port, sound, step, k / streams, lookahead) for k in range(streams)))


def measure(backend: str, streams: int, seconds: float, message_ms: int) -> dict[str, object]:
    """Returns lateness percentiles in ms, lost frames, and the server's CPU time per stream and second."""
    with server(backend=backend, max_streams=max(streams, 1)) as (port, pid):
        before = cpu_seconds(pid)
        results = uvloop.run(run(port, streams, seconds, message_ms))
        used = cpu_seconds(pid) - before
    late = np.array([ms for r in results for ms in r["late"]]) * 1000  # type: ignore[attr-defined]
    p50, p99 = np.percentile(late, [50, 99])
    return {
        "backend": backend,
        "streams": streams,
        "frames": len(late),
        "lost": sum(r["lost"] for r in results),  # type: ignore[misc]
        "late_ms": {"p50": round(p50, 1), "p99": round(p99, 1), "max": round(late.max(), 1)},
        "server_cpu_ms_per_stream_second": round(used / streams / seconds * 1000, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", default="mock")
    parser.add_argument("--streams", type=int, nargs="+", default=[1, 50])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--message-ms", type=int, default=40)
    options = parser.parse_args()
    print(json.dumps({"machine": describe()}))
    for streams in options.streams:
        print(json.dumps(measure(options.backend, streams, options.seconds, options.message_ms)), flush=True)


if __name__ == "__main__":
    main()
