"""Measures many concurrent real-time utterances over WebSockets: late and lost frames.

The lateness of a frame is its arrival minus the time when the last sample it needs was sent (docs/performance.md).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from fractions import Fraction

import numpy as np
import uvloop

from a2f_server.frameclock import frame_count, samples_due
from machine import cpu_seconds, describe, server
from sockets import BINARY, LoadClient, connect, frame

RATE, FPS = 16000, 30


def voice(seconds: float) -> bytes:
    """Returns a signal similar to speech: 4 bursts of a buzz a second over a little noise, as 16-bit PCM."""
    t = np.arange(int(seconds * RATE)) / RATE
    buzz = np.sign(np.sin(2 * np.pi * 130 * t)) * (np.sin(2 * np.pi * 4 * t) > 0)
    noise = np.random.default_rng(0).normal(0, 0.003, len(t))
    return ((0.2 * buzz + noise) * 32767).astype("<i2").tobytes()


async def utterance(
    port: int, sound: bytes, step: int, delay: float, form: str, group: int = 1
) -> dict[str, object] | None:
    """Runs one client that sends audio in real time; returns the lateness of its frames, or None if it was refused."""
    client = await connect(port)
    await asyncio.sleep(delay)
    try:
        return await speak_in_real_time(client, sound, step, form, group)
    except RuntimeError:
        return None
    finally:
        client.close()


async def speak_in_real_time(
    client: LoadClient, sound: bytes, step: int, form: str, group: int = 1
) -> dict[str, object]:
    """Sends one utterance in messages of `step` bytes and waits for its end; returns the lateness of its frames.

    Raises RuntimeError if the server refuses it.
    """
    client.forget()
    audio = {"encoding": "pcm_s16le", "sample_rate": RATE, "channels": 1}
    client.say(type="start", audio=audio, format=form, group=group)
    messages = [frame(BINARY, sound[i : i + step]) for i in range(0, len(sound), step)]
    begun, sent = time.perf_counter(), []
    for k, message in enumerate(messages):
        await asyncio.sleep(begun + (k + 1) * step / 2 / RATE - time.perf_counter())
        if client.ended.is_set():  # refused, as busy
            break
        sent.append(time.perf_counter())
        client.send(message)
    client.say(type="end")
    sent.append(time.perf_counter())
    await asyncio.wait_for(client.ended.wait(), 60)
    return _result(client, sent, len(sound) // 2, step // 2)


def _result(client: LoadClient, sent: list[float], samples: int, step: int) -> dict[str, object]:
    started = next((m for _, m in client.messages if m["type"] == "started"), None)
    if not started:
        raise RuntimeError("the server refused an utterance")
    lookahead = Fraction(started["lookahead"]).limit_denominator(10**6)
    late, expected = [], 0
    for arrival, first, count in client.frames:
        assert first == expected, "a gap"
        expected += count
        for i in range(first, first + count):
            needed = samples_due(i, FPS, lookahead, RATE)
            late.append(arrival - sent[min((needed - 1) // step, len(sent) - 1)])
    return {"late": late, "lost": frame_count(samples, RATE, FPS) - expected, "bytes": client.bytes_in}


async def run(
    port: int, streams: int, seconds: float, message_ms: int, form: str, group: int = 1
) -> list[dict[str, object]]:
    """Runs all clients, with their starts spread over a second; returns the results of those that were not refused."""
    sound, step = voice(seconds), message_ms * RATE // 1000 * 2
    results = await asyncio.gather(*(utterance(port, sound, step, k / streams, form, group) for k in range(streams)))
    return [result for result in results if result]


def measure(backend: str, streams: int, seconds: float, message_ms: int, form: str) -> dict[str, object]:
    """Returns lateness percentiles in ms, lost frames, and the server's CPU time per stream and second."""
    with server(backend=backend, max_streams=max(streams, 1)) as (port, pid):
        before = cpu_seconds(pid)
        results = uvloop.run(run(port, streams, seconds, message_ms, form))
        used = cpu_seconds(pid) - before
    late = np.array([ms for r in results for ms in r["late"]]) * 1000  # type: ignore[attr-defined]
    p50, p99 = np.percentile(late, [50, 99])
    return {
        "backend": backend,
        "streams": streams,
        "refused": streams - len(results),
        "format": form,
        "frames": len(late),
        "lost": sum(r["lost"] for r in results),  # type: ignore[misc]
        "late_ms": {"p50": round(p50, 1), "p99": round(p99, 1), "max": round(late.max(), 1)},
        "server_cpu_ms_per_stream_second": round(used / streams / seconds * 1000, 2),
        "bytes_per_stream_second": round(np.mean([r["bytes"] for r in results]) / seconds),  # type: ignore[misc, arg-type]
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", default="builtin")
    parser.add_argument("--streams", type=int, nargs="+", default=[1, 50, 100, 200])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--message-ms", type=int, default=40)
    parser.add_argument("--format", choices=("binary", "json"), default="binary")
    options = parser.parse_args()
    print(json.dumps({"machine": describe()}))
    rest = options.seconds, options.message_ms, options.format
    for streams in options.streams:
        print(json.dumps(measure(options.backend, streams, *rest)), flush=True)


if __name__ == "__main__":
    main()
