"""Compares the cost of a second of speech: this server, servers that only receive it, and other lip-sync packages.

    PYTHONPATH=. python bench/peers.py speech.flac

CPU time, user plus system. The packages run in Node on a whole recording, twice with different lengths: their start
does not count. `wawa` reads a spectrum that browsers compute natively; here that is JavaScript, and most of the cost.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import numpy as np
import soundfile
import soxr
import uvloop

from a2f_server.api.messages import Options
from a2f_server.audio.files import DecodedAudio
from a2f_server.backends import selector
from a2f_server.backends.contract import Backend
from a2f_server.engine import offline
from a2f_server.engine.new_utterance import new_utterance
from a2f_server.motion import profiles
from a2f_server.settings import Settings
from machine import cpu_seconds, describe, free_port, server
from sockets import BINARY, LoadClient, frame
from streams import RATE, run, voice
from training.evaluation.animators import peers

MESSAGE = 40 * RATE // 1000 * 2
LENGTHS = (5, 20)
"""Seconds of the recordings for the packages."""
TIMES = 20
"""The built-in model takes so little that its recordings are this many times as long."""


@contextmanager
def bare_server(kind: str) -> Iterator[tuple[int, int]]:
    """Runs one of bare_servers.py; yields (port, pid)."""
    port = free_port()
    process = subprocess.Popen([sys.executable, str(Path(__file__).with_name("bare_servers.py")), kind, str(port)])
    try:
        time.sleep(3)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(10)


async def send_to_bare(port: int, streams: int, seconds: float) -> None:
    """Sends audio in real time and waits for the answers."""
    loop = asyncio.get_running_loop()
    message = frame(BINARY, voice(1)[:MESSAGE])

    async def one(number: int) -> None:
        client: LoadClient
        _, client = await loop.create_connection(LoadClient, "127.0.0.1", port)
        await client.opened.wait()
        begun = time.perf_counter() + number / streams
        for k in range(round(seconds * 25)):
            await asyncio.sleep(begun + 0.04 * k - time.perf_counter())
            client.send(message)
        await asyncio.sleep(0.2)
        assert len(client.messages) == round(seconds * 25), "answers are missing"
        client.close()

    await asyncio.gather(*(one(number) for number in range(streams)))


def live_ms(port: int, pid: int, streams: int, seconds: float, *, bare: bool) -> float:
    """Returns a server's CPU time of a stream and second, in ms."""
    before = cpu_seconds(pid)
    uvloop.run(send_to_bare(port, streams, seconds) if bare else _speak(port, streams, seconds))
    return 1000 * (cpu_seconds(pid) - before) / streams / seconds


async def _speak(port: int, streams: int, seconds: float) -> None:
    await run(port, streams, seconds, 40, "binary")


def file_ms(animate: Callable[[int], object]) -> float:
    """Returns the CPU time of this process and its children for a second of a recording, in ms."""
    used = []
    for seconds in LENGTHS:
        before = _used()
        animate(seconds)
        used.append(_used() - before)
    return 1000 * (used[1] - used[0]) / (LENGTHS[1] - LENGTHS[0])


def _used() -> float:
    return sum(
        u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def packages(recording: np.ndarray) -> dict[str, Callable[[int], object]]:
    """Returns what animates so many seconds of the recording, by package."""

    def sound(seconds: int) -> DecodedAudio:
        return DecodedAudio(np.resize(recording, seconds * RATE), RATE)

    made = {name: lambda seconds, one=one: one(sound(seconds)) for name, one in peers.track_makers().items()}
    backend = selector.load(Settings(backend="builtin", device="cpu"))
    return made | {"builtin": lambda seconds: _animate(sound(TIMES * seconds).samples, backend)}


def _animate(samples: np.ndarray, backend: Backend) -> None:
    one = new_utterance(backend, profiles.load(), Options(), sample_rate=RATE, fps=30, max_seconds=600)
    for _ in offline.animate_blocks(one, [samples], backend):
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recording", type=Path, help="speech, in any format that the server reads")
    parser.add_argument("--streams", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    samples, rate = soundfile.read(options.recording, dtype="float32", always_2d=True)
    made = packages(soxr.resample(samples[:, 0], rate, RATE))
    print(json.dumps({"machine": describe(), "streams": options.streams}))
    rows: dict[str, list[float]] = {}
    common = {"tts": "none", "max_streams": 4000, "workers": 1}
    with (
        server(backend="builtin", **common) as builtin,
        server(backend="builtin", precision="int8", **common) as int8,
        server(backend="mock", **common) as mock,
        bare_server("uvicorn") as uvicorn,
        bare_server("websockets") as websockets,
    ):
        live = {"builtin": builtin, "builtin, int8": int8, "mock": mock, "uvicorn": uvicorn, "websockets": websockets}
        for _ in range(options.rounds):
            for name, (port, pid) in live.items():
                bare = name in ("uvicorn", "websockets")
                rows.setdefault(f"live: {name}", []).append(
                    live_ms(port, pid, options.streams, options.seconds, bare=bare)
                )
            for name, animate in made.items():
                times = TIMES if name == "builtin" else 1
                rows.setdefault(f"file: {name}", []).append(file_ms(animate) / times)
    for name, values in rows.items():
        of = rows[f"{name.split(':')[0]}: builtin"]
        ratios = [a / b for a, b in zip(values, of, strict=True)]
        print(
            json.dumps(
                {
                    "what": name,
                    "ms": [round(v, 2) for v in (median(values), min(values), max(values))],
                    "to_builtin": [round(v, 2) for v in (median(ratios), min(ratios), max(ratios))],
                }
            )
        )


if __name__ == "__main__":
    main()
