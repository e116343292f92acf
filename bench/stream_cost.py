"""Measures what a live stream and a handshake cost the server: CPU time, user plus system, of its process.

The server has one core and the load generator another. The speed of a machine changes within minutes, so two versions
are compared by turns: `--against FOLDER` is another checkout, and each ratio is that of two runs of a few seconds, one
right after the other. `--stages` also samples what the event loop is at (stage_samples.py).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import uvloop

from machine import cpu_seconds, describe, free_port, wait_until_ready
from sockets import connect
from streams import run

HERE = Path(__file__).parents[1]
SERVER, CLIENTS = {0}, {1}
AT_ONCE = 8
"""Handshakes of the load generator at the same time."""
MOST_FUNCTIONS = 40


class Measured(NamedTuple):
    """A running server, and where it writes its samples."""

    port: int
    pid: int
    samples: Path


@contextmanager
def server(folder: Path, backend: str, samples: Path, *, sampled: bool) -> Iterator[Measured]:
    """Runs the server of a checkout on its core."""
    port = free_port()
    settings = {"PORT": port, "BACKEND": backend, "MAX_STREAMS": 4000, "TTS": "none", "LOG_LEVEL": "warning"}
    env = os.environ | {f"A2F_{name}": str(value) for name, value in settings.items()}
    env["PYTHONPATH"] = str(folder / "a2f-server" / "src")
    script = [str(Path(__file__).with_name("stage_samples.py")), str(samples)] if sampled else ["-m", "a2f_server"]
    os.sched_setaffinity(0, SERVER)
    process = subprocess.Popen([sys.executable, *script, "serve"], env=env)
    os.sched_setaffinity(0, CLIENTS)
    try:
        wait_until_ready(port, process)
        yield Measured(port, process.pid, samples)
    finally:
        process.terminate()
        process.wait(30)


def stream_ms(server: Measured, streams: int, seconds: float, group: int = 1) -> tuple[float, float]:
    """Returns the server's CPU time of a stream and second, and the p99 of the lateness, in ms."""
    before = cpu_seconds(server.pid)
    results = uvloop.run(run(server.port, streams, seconds, 40, "binary", group))
    used = cpu_seconds(server.pid) - before
    late = np.array([each for result in results for each in result["late"]])  # type: ignore[attr-defined]
    return 1000 * used / streams / seconds, 1000 * float(np.percentile(late, 99))


def handshake_ms(server: Measured, count: int) -> float:
    """Returns the server's CPU time of a connection that is opened, greeted and closed, in ms."""
    before = cpu_seconds(server.pid)
    uvloop.run(_shake_hands(server.port, count))
    return 1000 * (cpu_seconds(server.pid) - before) / count


async def _shake_hands(port: int, count: int) -> None:
    async def some() -> None:
        for _ in range(count // AT_ONCE):
            (await connect(port)).close()

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))


def storm_ms(server: Measured, streams: int, connections: int) -> tuple[float, float]:
    """Returns the p99 of the lateness beside so many connections in a second, and when the last was greeted, in ms."""
    late, greeted = uvloop.run(_storm(server.port, streams, connections))
    return 1000 * float(np.percentile(late, 99)), 1000 * greeted


async def _storm(port: int, streams: int, connections: int) -> tuple[list[float], float]:
    live = asyncio.create_task(run(port, streams, 4.0, 40, "binary"))
    await asyncio.sleep(2)
    begun = time.perf_counter()

    async def one(number: int) -> float:
        await asyncio.sleep(number / connections)
        (await connect(port)).close()
        return time.perf_counter() - begun

    greeted = max(await asyncio.gather(*(one(number) for number in range(connections))))
    return [each for result in await live for each in result["late"]], greeted  # type: ignore[attr-defined]


def stages(server: Measured) -> dict[str, object]:
    """Returns the shares of the stages, in per cent, and the functions with the most samples since the last call."""
    server.samples.unlink(missing_ok=True)
    os.kill(server.pid, signal.SIGUSR1)
    while not server.samples.exists() or not (text := server.samples.read_text()):
        time.sleep(0.01)
    counts = json.loads(text)
    total = sum(counts["stages"].values())

    def shares(named: dict[str, int], most: int) -> dict[str, float]:
        ordered = sorted(named.items(), key=lambda pair: -pair[1])[:most]
        return {name.rpartition("site-packages/")[2]: round(100 * n / total, 1) for name, n in ordered}

    return {
        "samples": total,
        "stages": shares(counts["stages"], 99),
        "functions": shares(counts["functions"], MOST_FUNCTIONS),
    }


def spread(values: Sequence[float]) -> dict[str, float]:
    """Returns median, least and most."""
    return {"median": round(median(values), 3), "least": round(min(values), 3), "most": round(max(values), 3)}


def compare(folders: Sequence[Path], options: argparse.Namespace) -> Iterator[dict[str, object]]:
    """Measures the servers of these checkouts by turns; yields the figures of each, and the ratios to the last."""
    with TemporaryDirectory() as directory, ExitStack() as running:
        servers = [
            running.enter_context(server(folder, options.backend, Path(directory) / str(i), sampled=options.stages))
            for i, folder in enumerate(folders)
        ]
        for one in servers:
            stream_ms(one, 4, 1.0)
            handshake_ms(one, AT_ONCE)
            if options.stages:
                stages(one)  # those of the start
        own = time.process_time()
        rounds = [
            [stream_ms(one, options.streams, options.seconds, options.group) for one in servers]
            for _ in range(options.rounds)
        ]
        own = time.process_time() - own
        profiles = [stages(one) for one in servers] if options.stages else []
        hands = [[handshake_ms(one, options.handshakes) for one in servers] for _ in range(options.rounds)]
        storms = [
            [storm_ms(one, options.streams, options.storm) for one in servers]
            for _ in range(options.rounds if options.storm else 0)
        ]
        handshake_profiles = [stages(one) for one in servers] if options.stages else []
    for i, folder in enumerate(folders):
        yield {
            "version": folder.name,
            "stream_ms": spread([each[i][0] for each in rounds]),
            "p99_ms": spread([each[i][1] for each in rounds]),
            "handshake_ms": spread([each[i] for each in hands]),
        }
        if storms:
            yield {
                "version": folder.name,
                "storm_p99_ms": spread([each[i][0] for each in storms]),
                "storm_greeted_ms": spread([each[i][1] for each in storms]),
            }
        if options.stages:
            yield {"version": folder.name, "streams": profiles[i], "handshakes": handshake_profiles[i]}
    yield {"load_generator_ms": round(1000 * own / len(rounds) / len(folders) / options.streams / options.seconds, 2)}
    if len(folders) > 1:
        yield {
            "stream_ratio": spread([each[0][0] / each[-1][0] for each in rounds]),
            "handshake_ratio": spread([each[0] / each[-1] for each in hands]),
            **({"storm_p99_ratio": spread([each[0][0] / each[-1][0] for each in storms])} if storms else {}),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", default="mock")
    parser.add_argument("--streams", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--handshakes", type=int, default=400)
    parser.add_argument("--group", type=int, default=1, help="frames in a message; versions that do not know it send 1")
    parser.add_argument("--storm", type=int, default=0, help="connections in one second beside the streams")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--against", type=Path, help="another checkout")
    parser.add_argument("--stages", action="store_true", help="also sample the stages, which costs about a tenth")
    options = parser.parse_args()
    print(json.dumps({"machine": describe(), "backend": options.backend, "streams": options.streams}))
    for figures in compare([HERE, *([options.against.resolve()] if options.against else [])], options):
        print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
