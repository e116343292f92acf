"""Describes the machine of a measurement, and runs a server to measure."""

from __future__ import annotations

import os
import platform
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def describe() -> dict[str, str | int]:
    """Returns processor, number of cores, Python version and system."""
    info = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.*)", info.read_text()) if info.exists() else None
    return {
        "cpu": model.group(1) if model else platform.processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def free_port() -> int:
    """Returns a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(*, stderr: int | None = None, **settings: object) -> Iterator[tuple[int, int]]:
    """Runs a server as a separate process, on a free port unless `port` is given; yields (port, pid).

    `stderr` is a file descriptor for its log, by default that of this process.
    """
    port = int(str(settings.pop("port", 0) or free_port()))
    env = (
        os.environ
        | {"A2F_PORT": str(port), "A2F_LOG_LEVEL": "warning"}
        | {f"A2F_{name.upper()}": str(value) for name, value in settings.items()}
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "a2f_server", "serve"], env=env, stderr=stderr, cwd=Path(__file__).parent
    )
    try:
        wait_until_ready(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    """Waits for `/ping`. Raises RuntimeError if the process ends or does not answer."""
    for _ in range(1500):
        if process.poll() is not None:
            raise RuntimeError("the server did not start")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("the server did not answer within 30 s")


def memory_mb(pid: int) -> tuple[float, float]:
    """Returns the resident memory of a process in MB: now, and its peak since `reset_peak`."""
    status = Path(f"/proc/{pid}/status").read_text()
    now, peak = (re.search(rf"{name}:\s*(\d+)", status) for name in ("VmRSS", "VmHWM"))
    assert now
    assert peak
    return int(now[1]) / 1024, int(peak[1]) / 1024


def reset_peak(pid: int) -> None:
    """Makes the memory in use now the peak."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def cpu_seconds(pid: int) -> float:
    """Returns the CPU time of a process, user plus system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
