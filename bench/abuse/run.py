"""Runs abusive clients beside real-time streams of the built-in model, one scenario after another.

    python bench/abuse/run.py                            all scenarios
    python bench/abuse/run.py --only pings half_requests

Each line of JSON is a scenario: the lateness of the streams' frames with and without the abuse (docs/performance.md),
the memory of the server, and the slowest answer of `/health`. Goals on a quiet machine: p99 below 33 ms and at most 1.5
times that without; memory + 100 MB at most, and back within 20 MB when idle; `/health` within 100 ms.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import numpy as np
import uvloop

sys.path.insert(0, str(Path(__file__).parents[1]))

import on_sockets
import over_http
from attacker import Attacker

from machine import describe, memory_mb, reset_peak, server
from streams import run

SPAWN = multiprocessing.get_context("spawn")
IDLE_S = 40.0
"""Seconds in which the memory must come back: slow clients are dropped after 20 or 30."""
BACK_MB = 20.0


@dataclass(frozen=True)
class Scenario:
    """An abuse of a server with these settings."""

    group: str
    act: Callable[[Attacker], None]
    settings: dict[str, object] = field(default_factory=dict)
    blocked_log: bool = False
    """True if nobody reads the server's log."""


SPEAKS = {"tts": "espeak"}
SCENARIOS = {
    scenario.act.__name__: scenario
    for scenario in (
        Scenario("floods", on_sockets.one_byte_audio),
        Scenario("floods", on_sockets.pings),
        Scenario("floods", on_sockets.json_pings),
        Scenario("floods", on_sockets.fragments),
        Scenario("floods", on_sockets.byte_by_byte),
        Scenario("emotions", on_sockets.falling_emotions),
        Scenario("decoding", over_http.decode_bombs),
        Scenario("connections", over_http.endless_headers),
        Scenario("connections", over_http.half_requests),
        Scenario("connections", over_http.idle_connections),
        Scenario("slots", on_sockets.all_slots),
        Scenario("slots", over_http.stalled_uploads),
        Scenario("output", on_sockets.wrong_emotions),
        Scenario("output", on_sockets.unread_pongs),
        Scenario("output", on_sockets.unread_frames),
        Scenario("output", on_sockets.unread_speech, SPEAKS),
        Scenario("output", over_http.unread_answers),
        Scenario("output", over_http.trickling_readers),
        Scenario("quota", on_sockets.refused_texts, {**SPEAKS, "text_per_minute": 400}),
        Scenario("log", over_http.many_requests, {"log_level": "info"}, blocked_log=True),
        Scenario("older clients", on_sockets.older_client),
    )
}


class HealthProbe:
    """Asks for `/health` four times a second, on a thread."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/health"
        self._ended = threading.Event()
        self.slowest_ms = 0.0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """Returns the slowest answer in ms; infinity if one failed."""
        self._ended.set()
        self._thread.join()
        return self.slowest_ms

    def _run(self) -> None:
        while not self._ended.wait(0.25):
            begun = time.perf_counter()
            try:
                urllib.request.urlopen(self._url, timeout=10).close()
            except OSError:
                self.slowest_ms = float("inf")
            self.slowest_ms = max(self.slowest_ms, (time.perf_counter() - begun) * 1000)


def attack(name: str, port: int, stop: Event) -> None:
    """Runs a scenario; the target of a process."""
    SCENARIOS[name].act(Attacker(port, stop))


@contextmanager
def attacked(name: str, port: int) -> Iterator[None]:
    """Runs a scenario in a process of its own for the length of the block."""
    stop = SPAWN.Event()
    process = SPAWN.Process(target=attack, args=(name, port, stop), daemon=True)
    process.start()
    try:
        time.sleep(2)
        yield
    finally:
        stop.set()
        process.join(3)
        process.kill()


@contextmanager
def pipe(blocked: bool) -> Iterator[int | None]:
    """Yields the end of a pipe that nobody reads, or None."""
    if not blocked:
        yield None
        return
    reader, writer = os.pipe()
    try:
        yield writer
    finally:
        os.close(writer)
        os.close(reader)


def lateness(port: int, streams: int, seconds: float) -> dict[str, Any]:
    """Returns percentiles of the streams' lateness in ms, and their lost frames; an error if a stream failed."""
    try:
        results = uvloop.run(run(port, streams, seconds, 40, "binary"))
    except (StopIteration, RuntimeError, AssertionError, TimeoutError, OSError) as error:
        return {"p99": float("inf"), "failed": repr(error)[:100]}
    late = np.array([s for result in results for s in result["late"]]) * 1000  # type: ignore[attr-defined]
    percentiles = {f"p{p}": round(float(np.percentile(late, p)), 1) for p in (50, 99)}
    return {**percentiles, "lost": sum(result["lost"] for result in results)}  # type: ignore[misc]


def idle_memory(pid: int, before: float) -> tuple[float, float]:
    """Waits until the memory is back, or IDLE_S; returns it in MB and the seconds that it took."""
    begun = time.monotonic()
    while memory_mb(pid)[0] > before + BACK_MB and time.monotonic() < begun + IDLE_S:
        time.sleep(0.25)
    return memory_mb(pid)[0], time.monotonic() - begun


def measure(name: str, streams: int, seconds: float) -> dict[str, Any]:
    """Runs one scenario against a fresh server."""
    scenario = SCENARIOS[name]
    with pipe(scenario.blocked_log) as log, server(backend="builtin", stderr=log, **scenario.settings) as (port, pid):
        lateness(port, streams, 2)  # warms up
        Attacker(port, SPAWN.Event()).post("/v1/animate", over_http.flac(60, 8_000))
        without = lateness(port, streams, seconds)
        before = memory_mb(pid)[0]
        reset_peak(pid)
        with attacked(name, port):
            probe = HealthProbe(port)
            abused = lateness(port, streams, seconds)
            health_ms = probe.stop()
        peak = memory_mb(pid)[1]
        after, took = idle_memory(pid, before)
    return {
        "scenario": name,
        "group": scenario.group,
        "late_ms_without": without,
        "late_ms_with": abused,
        "ratio": round(abused["p99"] / without["p99"], 2),
        "memory_mb": {"before": round(before), "peak": round(peak - before), "idle": round(after - before)},
        "idle_after_s": round(took, 1),
        "health_ms": round(health_ms, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=SCENARIOS, default=list(SCENARIOS))
    parser.add_argument("--streams", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    print(json.dumps({"machine": describe()}))
    for name in options.only:
        print(json.dumps(measure(name, options.streams, options.seconds)), flush=True)


if __name__ == "__main__":
    main()
