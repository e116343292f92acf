"""Measures the time from the first byte sent to the first frame received, for 10 s of audio sent at once, and bytes."""

from __future__ import annotations

import asyncio
import json
import time

import numpy as np
import uvloop

from machine import describe, server
from sockets import BINARY, connect, frame
from streams import RATE, voice

RUNS = 50


async def once(port: int, form: str) -> tuple[float, float, int]:
    """Returns ms to the first frame, ms to the end, and bytes received per second of audio."""
    client = await connect(port)
    greeting, sound = client.bytes_in, voice(10)
    messages = [frame(BINARY, sound[i : i + (1 << 18)]) for i in range(0, len(sound), 1 << 18)]
    begun = time.perf_counter()
    client.say(type="start", audio={"encoding": "pcm_s16le", "sample_rate": RATE, "channels": 1}, format=form)
    for message in messages:
        client.send(message)
    client.say(type="end")
    await asyncio.wait_for(client.ended.wait(), 30)
    done = time.perf_counter()
    client.close()
    return (client.frames[0][0] - begun) * 1000, (done - begun) * 1000, (client.bytes_in - greeting) // 10


async def run(port: int, backend: str, form: str) -> dict[str, object]:
    """Returns percentiles over RUNS runs, after three warm-up runs."""
    results = [await once(port, form) for _ in range(RUNS + 3)][3:]
    first, end, size = (np.array(column) for column in zip(*results, strict=True))
    return {
        "backend": backend,
        "format": form,
        "first_frame_ms": {"p50": round(np.percentile(first, 50), 1), "p99": round(np.percentile(first, 99), 1)},
        "all_300_frames_ms": {"p50": round(np.percentile(end, 50), 1), "p99": round(np.percentile(end, 99), 1)},
        "bytes_per_second_of_sound": int(size[0]),
    }


def main() -> None:
    """Prints the machine and a line for each backend and format."""
    print(json.dumps({"machine": describe()}))
    for backend in ("builtin", "mock"):
        with server(backend=backend, tts="none") as (port, _):
            for form in ("binary", "json"):
                print(json.dumps(uvloop.run(run(port, backend, form))))


if __name__ == "__main__":
    main()
