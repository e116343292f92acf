"""Measures whether streams that are admitted stay in time while three times as many ask.

The server has one core and the load generator another. `--hog 1` also runs that many busy processes on the server's
core, which slows it down once it has started. Prints, for each backend, how many streams asked and were admitted, the
lateness of all frames of those that were admitted, and the capacity in `/health` at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import uvloop

from machine import describe, server
from sockets import connect
from streams import speak_in_real_time, voice

SERVER, CLIENTS = {0}, {1}
RATE, STEP = 16000, 40 * 16000 // 1000 * 2


async def ask(port: int, sound: bytes, delay: float) -> dict[str, object] | None:
    """Runs one client in real time; returns the lateness of its frames, or None if the server was busy."""
    await asyncio.sleep(delay)
    client = await connect(port)
    try:
        result = await speak_in_real_time(client, sound, STEP, "binary")
    except RuntimeError:  # it never started
        return None
    finally:
        client.close()
    return None if any(message["type"] == "error" for _, message in client.messages) else result


async def ask_all(port: int, streams: int, seconds: float, over: float) -> list[dict[str, object] | None]:
    """Runs all clients, with their starts spread over some seconds."""
    sound = voice(seconds)
    return await asyncio.gather(*(ask(port, sound, over * k / streams) for k in range(streams)))


def health(port: int) -> dict[str, object]:
    """Returns the body of `/health`."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer:
        return dict(json.load(answer))


def spin() -> None:
    """Keeps a core busy."""
    os.sched_setaffinity(0, SERVER)
    while True:
        pass


@contextmanager
def hogs(count: int) -> Iterator[None]:
    """Keeps the server's core busy with other processes."""
    running = [multiprocessing.Process(target=spin, daemon=True) for _ in range(count)]
    for one in running:
        one.start()
    try:
        yield
    finally:
        for one in running:
            one.kill()


def measure(backend: str, times: float, seconds: float, busy: int) -> dict[str, object]:
    """Returns the figures of one run."""
    os.sched_setaffinity(0, SERVER)
    with server(backend=backend, tts="none") as (port, _):
        os.sched_setaffinity(0, CLIENTS)
        most = int(str(health(port)["max_streams"]))
        with hogs(busy):
            results = uvloop.run(ask_all(port, int(times * most), seconds, 1.0))
        time.sleep(1.0)
        after = health(port)["capacity"]
    admitted = [result for result in results if result]
    late = 1000 * np.array([each for result in admitted for each in result["late"]])  # type: ignore[attr-defined]
    return {
        "backend": backend,
        "hogs": busy,
        "asked": len(results),
        "max_streams": most,
        "admitted": len(admitted),
        "lost": sum(int(str(result["lost"])) for result in admitted),
        "late_ms": {f"p{p}": round(float(np.percentile(late, p)), 1) for p in (50, 95, 99)},
        "capacity_after": after,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", nargs="+", default=["builtin", "mock"])
    parser.add_argument("--times", type=float, default=3.0, help="streams that ask, in multiples of the capacity")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--hog", type=int, nargs="+", default=[0, 1])
    options = parser.parse_args()
    print(json.dumps({"machine": describe()}))
    for backend in options.backend:
        for busy in options.hog:
            print(json.dumps(measure(backend, options.times, options.seconds, busy)), flush=True)


if __name__ == "__main__":
    main()
