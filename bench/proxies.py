"""Measures the cost of a proxy: lateness of frames and CPU time, directly, through HAProxy and through Ray Serve.

Run it from the root of the repository; it needs the extra `ray`, and HAProxy (scripts/proxy.sh). The mock backend
keeps the cost of the model out. There are always two servers or replicas, each with half of the streams.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import numpy as np
import uvloop

from machine import cpu_seconds, describe, free_port, server
from streams import run

ROOT = Path(__file__).parents[1]
SECONDS = 10.0


@contextmanager
def directly() -> Iterator[list[int]]:
    with ExitStack() as stack:
        yield [stack.enter_context(server(backend="mock", tts="none"))[0] for _ in range(2)]


@contextmanager
def through_haproxy() -> Iterator[list[int]]:
    program = subprocess.run(
        [ROOT / "scripts/proxy.sh", "haproxy"], capture_output=True, text=True, check=True
    ).stdout.strip()
    with directly() as ports, tempfile.TemporaryDirectory() as folder:
        text, port = (ROOT / "deploy/haproxy.cfg").read_text("utf-8"), free_port()
        for old, new in ((":8000", port), (":8001", ports[0]), (":8002", ports[1])):
            text = text.replace(old, f":{new}")
        (path := Path(folder) / "haproxy.cfg").write_text(text, "utf-8")
        process = subprocess.Popen([program, "-db", "-f", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(port)
            yield [port]
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def through_ray(**settings: str) -> Iterator[list[int]]:
    port, folder = free_port(), tempfile.mkdtemp(prefix="a2f-ray-", dir="/tmp")
    mine = {"HOME": folder, "RAY_USAGE_STATS_ENABLED": "0", "A2F_BACKEND": "mock", "A2F_TTS": "none", **settings}
    line = [sys.executable, "-m", "tests.deploy.cluster", str(port), folder]
    options = json.dumps({"min_replicas": 2, "num_cpus": 0.5})
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([*line, options], cwd=ROOT, env=os.environ | mine, **pipes)  # type: ignore[call-overload]
    try:
        assert process.stdout.readline() == b"ready\n", "Ray did not start"
        yield [port]
    finally:
        process.communicate(timeout=60)
        shutil.rmtree(folder)


def through_ray_and_haproxy() -> AbstractContextManager[list[int]]:
    """Uses Ray's built-in HAProxy, which connects directly to the replicas."""
    return through_ray(RAY_SERVE_ENABLE_HA_PROXY="1")


def wait_for(port: int) -> None:
    for _ in range(100):
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            asyncio.run(asyncio.sleep(0.05))


def family() -> set[int]:
    """Returns the process ids of all descendants of this process."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
    found, more = set(), {os.getpid()}
    while more:
        more = {pid for pid, parent in parents.items() if parent in more} - found
        found |= more
    return found


async def load(ports: list[int], streams: int) -> list[dict[str, object]]:
    share = streams // len(ports)
    parts = await asyncio.gather(*(run(port, share, SECONDS, 40, "binary") for port in ports))
    return [result for part in parts for result in part]


def measure(name: str, streams: int) -> dict[str, object]:
    with WAYS[name]() as ports:
        before = {pid: cpu_seconds(pid) for pid in family()}
        results = uvloop.run(load(ports, streams))
        used = sum(cpu_seconds(pid) - was for pid, was in before.items())
    late = np.array([ms for r in results for ms in r["late"]]) * 1000  # type: ignore[attr-defined]
    p50, p99 = np.percentile(late, [50, 99])
    return {
        "way": name,
        "streams": streams,
        "lost": sum(r["lost"] for r in results),  # type: ignore[misc]
        "late_ms": {"p50": round(p50, 1), "p99": round(p99, 1), "max": round(late.max(), 1)},
        "cpu_ms_per_stream_second": round(used / streams / SECONDS * 1000, 2),
    }


WAYS = {"directly": directly, "haproxy": through_haproxy, "ray": through_ray, "ray-haproxy": through_ray_and_haproxy}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, nargs="+", default=[8, 50, 100])
    parser.add_argument("--ways", nargs="+", default=list(WAYS), choices=list(WAYS))
    options = parser.parse_args()
    print(json.dumps({"machine": describe()}))
    for streams in options.streams:
        for way in options.ways:
            print(json.dumps(measure(way, streams)), flush=True)


if __name__ == "__main__":
    main()
