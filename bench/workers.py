"""Compares a server of one process with several workers: CPU of a stream, files in parallel, and a process that dies.

The machine's speed changes within minutes, so the servers are measured by turns.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import numpy as np
import uvloop

from machine import cpu_seconds, describe, server
from stream_cost import spread
from streams import run, utterance, voice

KINDS: dict[str, dict[str, object]] = {
    "one process": {"workers": 1},
    "workers": {"workers": 2, "shared_model": "false"},
    "workers, shared model": {"workers": 2, "shared_model": "true"},
}
FILE_S, AT_ONCE = 60, 4


def processes(pid: int) -> list[int]:
    """Returns a process and all that it started."""
    found = [pid]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found += processes(int(stat.parent.name))
    return found


def stream_ms(port: int, pid: int, streams: int, seconds: float) -> tuple[float, float]:
    """Returns the CPU time of a stream and second of all processes, and the p99 of the lateness, in ms."""
    before = sum(map(cpu_seconds, processes(pid)))
    results = uvloop.run(run(port, streams, seconds, 40, "binary"))
    used = sum(map(cpu_seconds, processes(pid))) - before
    late = np.array([each for result in results for each in result["late"]])  # type: ignore[attr-defined]
    return 1000 * used / streams / seconds, 1000 * float(np.percentile(late, 99))


def file_speed(port: int) -> float:
    """Returns the seconds of audio that are animated in a second, from several files at once."""
    sound = voice(FILE_S)

    def one(_: int) -> None:
        httpx.post(
            f"http://127.0.0.1:{port}/v1/animate?sample_rate=16000",
            content=sound,
            timeout=600,
            headers={"content-type": "audio/L16;rate=16000"},
        ).raise_for_status()

    begun = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, range(AT_ONCE)))
    return AT_ONCE * FILE_S / (time.perf_counter() - begun)


def death(port: int, victim: int, streams: int) -> dict[str, object]:
    """Kills a process under load; returns how many streams ended, how late the others were, and when all were back."""
    return uvloop.run(_death(port, victim, streams))


async def _death(port: int, victim: int, streams: int) -> dict[str, object]:
    sound, step = voice(6), 40 * 16 * 2
    live = [asyncio.create_task(utterance(port, sound, step, k / streams, "binary")) for k in range(streams)]
    await asyncio.sleep(3)
    os.kill(victim, signal.SIGKILL)
    begun = time.perf_counter()
    back = None
    async with httpx.AsyncClient() as http:
        while back is None and time.perf_counter() - begun < 30:
            await asyncio.sleep(0.05)
            try:
                health = (await http.get(f"http://127.0.0.1:{port}/health", timeout=5)).json()
            except httpx.HTTPError:
                continue
            if health["status"] == "healthy" and health["workers"] == 2:
                back = time.perf_counter() - begun
    results = await asyncio.gather(*live, return_exceptions=True)
    whole = [each for each in results if isinstance(each, dict)]
    late = [x for each in whole for x in each["late"]]
    return {
        "streams": streams,
        "ended": streams - len(whole),
        "others_p99_ms": round(1000 * float(np.percentile(late, 99)), 1) if late else None,
        "others_lost": sum(each["lost"] for each in whole),
        "back_s": back and round(back, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", default="builtin")
    parser.add_argument("--streams", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--deaths", type=int, default=0, help="streams under which a worker, then the model is killed")
    options = parser.parse_args()
    print(json.dumps({"machine": describe(), "backend": options.backend, "streams": options.streams}))
    common = {"backend": options.backend, "tts": "none", "max_streams": 4000}
    with ExitStack() as running:
        servers = {name: running.enter_context(server(**common, **kind)) for name, kind in KINDS.items()}
        figures: dict[str, list[tuple[float, float, float]]] = {name: [] for name in servers}
        for _ in range(options.rounds):
            for name, (port, pid) in servers.items():
                figures[name].append((*stream_ms(port, pid, options.streams, options.seconds), file_speed(port)))
        first = figures["one process"]
        for name, rows in figures.items():
            cost, late, speed = zip(*rows, strict=True)
            print(
                json.dumps(
                    {
                        "server": name,
                        "stream_ms": spread(cost),
                        "p99_ms": spread(late),
                        "file_speed": spread(speed),
                        "stream_ratio": spread([a[0] / b[0] for a, b in zip(rows, first, strict=True)]),
                        "file_ratio": spread([a[2] / b[2] for a, b in zip(rows, first, strict=True)]),
                    }
                ),
                flush=True,
            )
        if options.deaths:
            port, pid = servers["workers, shared model"]
            children = [
                p for p in sorted(processes(pid))[1:] if b"spawn_main" in Path(f"/proc/{p}/cmdline").read_bytes()
            ]
            for role, victim in (("worker", children[-1]), ("model", children[0])):
                print(json.dumps({"killed": role, **death(port, victim, options.deaths)}), flush=True)


if __name__ == "__main__":
    main()
