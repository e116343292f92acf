"""Runs a server for hours under a steady mixed load, and measures whether its memory grows.

Live streams in real time, on sockets that come and go, uploads in several formats, and texts for the local voice
(which needs espeak-ng). A line of JSON per sample goes to `--output`; the last line on stdout is the result.

    python bench/soak.py --minutes 180 --output soak.jsonl
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from itertools import cycle
from pathlib import Path
from typing import TextIO

import httpx
import numpy as np
import soundfile
import uvloop

from machine import describe, server
from memory import sample, slope
from sockets import connect
from streams import RATE, speak_in_real_time, voice

SAMPLE_S = 10.0
MESSAGE_BYTES = 40 * RATE // 1000 * 2
SHORTEST_S, LONGEST_S = 1.0, 6.0
"""Length of an utterance."""
MOST_UTTERANCES = 8
"""Utterances that a socket sends before it is replaced."""
UPLOAD_S = 8
FORMATS = (("WAV", "PCM_16"), ("MP3", "MPEG_LAYER_III"), ("FLAC", "PCM_16"))
ANSWERS = ("application/json", "text/csv", "application/x-ndjson")
TEXT = "The face should look the same after three hours as it did in the first minute."
EDGES_MS = np.concatenate([np.linspace(0, 100, 1001), np.geomspace(101, 60_000, 500)])
"""Bins of the lateness: the bench itself must not grow."""


class Tally:
    """Counts what happened, and the lateness of frames in bins."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.late = np.zeros(len(EDGES_MS) + 1, np.int64)

    def add_lateness(self, seconds: list[float]) -> None:
        """Adds one utterance's frames."""
        np.add.at(self.late, np.searchsorted(EDGES_MS, np.array(seconds) * 1000), 1)

    def late_ms(self, percent: float) -> float:
        """Returns a percentile of the lateness in ms: the upper edge of its bin."""
        reached = int(np.searchsorted(np.cumsum(self.late), self.late.sum() * percent / 100))
        return round(float(EDGES_MS[min(reached, len(EDGES_MS) - 1)]), 1)


async def stream(port: int, tally: Tally, sound: bytes, dice: random.Random) -> None:
    """Sends some utterances on a socket of its own."""
    client = await connect(port)
    try:
        for _ in range(dice.randint(1, MOST_UTTERANCES)):
            size = int(dice.uniform(SHORTEST_S, LONGEST_S) * RATE) * 2
            result = await speak_in_real_time(client, sound[:size], MESSAGE_BYTES, "binary")
            tally.add_lateness(result["late"])  # type: ignore[arg-type]
            tally.counts["utterances"] += 1
            tally.counts["lost frames"] += result["lost"]  # type: ignore[operator]
    finally:
        client.close()


async def upload(http: httpx.AsyncClient, tally: Tally, body: bytes, accept: str) -> None:
    """Sends a file and reads its animation."""
    answer = await http.post("/v1/animate", content=body, headers={"Accept": accept})
    answer.raise_for_status()
    tally.counts["uploads"] += 1


async def speak(port: int, tally: Tally) -> None:
    """Makes the server speak a text, on a socket of its own."""
    client = await connect(port)
    try:
        client.forget()
        client.say(type="speak", text=TEXT)
        await asyncio.wait_for(client.ended.wait(), 60)
        last = client.messages[-1][1]
        assert last["type"] == "end", last
        tally.counts["texts"] += 1
    finally:
        client.close()


def files() -> list[bytes]:
    """Returns the same audio as wav, mp3 and flac."""
    samples = np.frombuffer(voice(UPLOAD_S), "<i2")
    bodies = []
    for container, subtype in FORMATS:
        with io.BytesIO() as out:
            soundfile.write(out, samples, RATE, format=container, subtype=subtype)
            bodies.append(out.getvalue())
    return bodies


async def repeat(tally: Tally, pause: Callable[[], float], act: Callable[[], Awaitable[None]]) -> None:
    """Calls `act` again and again. Errors are counted and printed; they do not end the load."""
    while True:
        due = time.monotonic() + pause()
        try:
            await act()
        except (OSError, AssertionError, httpx.HTTPError, TimeoutError) as error:
            tally.counts["errors"] += 1
            print(json.dumps({"error": repr(error)[:200]}), flush=True)
        await asyncio.sleep(due - time.monotonic())


def load(port: int, http: httpx.AsyncClient, tally: Tally, options: argparse.Namespace) -> list[Awaitable[None]]:
    """Returns the endless parts of the load."""
    sound, uploads = voice(LONGEST_S), cycle(zip(cycle(files()), cycle((*ANSWERS, ANSWERS[0])), strict=False))
    dice = [random.Random(k) for k in range(options.streams)]
    streams = [repeat(tally, d.random, lambda d=d: stream(port, tally, sound, d)) for d in dice]  # type: ignore[misc]
    return [
        *streams,
        repeat(tally, lambda: options.upload_every, lambda: upload(http, tally, *next(uploads))),
        repeat(tally, lambda: 60 / options.texts_per_minute, lambda: speak(port, tally)),
    ]


async def watch(pid: int, tally: Tally, minutes: float, out: TextIO) -> dict[str, object]:
    """Samples the server until the time is over; returns the result."""
    begun, times, memory = time.monotonic(), [], []
    while (elapsed := time.monotonic() - begun) < minutes * 60:
        now = sample(pid)
        times.append(elapsed / 3600)
        memory.append(now["rss_mb"])
        line = {"s": round(elapsed, 1), **now, **tally.counts, "late_p99_ms": tally.late_ms(99)}
        print(json.dumps(line), file=out, flush=True)
        if len(times) % 6 == 1:
            print(json.dumps(line), flush=True)
        await asyncio.sleep(SAMPLE_S)
    return {
        "minutes": minutes,
        "slope_mb_per_hour": round(slope(times, memory), 2),
        "rss_mb": {"first": round(memory[0], 1), "last": round(memory[-1], 1), "most": round(max(memory), 1)},
        "late_ms": {"p50": tally.late_ms(50), "p99": tally.late_ms(99)},
        **tally.counts,
    }


async def run(port: int, pid: int, options: argparse.Namespace, out: TextIO) -> dict[str, object]:
    """Runs the load beside the sampling."""
    tally = Tally()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
        tasks = [asyncio.ensure_future(part) for part in load(port, http, tally, options)]
        result = await watch(pid, tally, options.minutes, out)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return result


def main() -> None:
    """Prints the machine, a line a minute, and the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backend", default="builtin")
    parser.add_argument("--minutes", type=float, default=180.0)
    parser.add_argument("--streams", type=int, default=30)
    parser.add_argument("--upload-every", type=float, default=10.0, metavar="SECONDS")
    parser.add_argument("--texts-per-minute", type=float, default=10.0)
    parser.add_argument("--output", type=Path, default=Path("soak.jsonl"), help="file for the samples")
    options = parser.parse_args()
    print(json.dumps({"machine": describe()}), flush=True)
    settings = {"backend": options.backend, "tts": "espeak", "text_per_minute": 10**7}
    with server(**settings) as (port, pid), options.output.open("w") as out:
        print(json.dumps(uvloop.run(run(port, pid, options, out))))


if __name__ == "__main__":
    main()
