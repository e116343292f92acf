"""Samples a process from outside: its memory, threads, files and CPU time; and the slope of such a series."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from machine import cpu_seconds


def sample(pid: int) -> dict[str, float]:
    """Returns resident memory in MB, its anonymous part, threads, open files, CPU seconds and child processes."""
    folder = Path(f"/proc/{pid}")
    status = (folder / "status").read_text()
    return {
        "rss_mb": _field(status, "VmRSS") / 1024,
        "anonymous_mb": _field(status, "RssAnon") / 1024,
        "threads": _field(status, "Threads"),
        "files": len(list((folder / "fd").iterdir())),
        "children": len((folder / f"task/{pid}/children").read_text().split()),
        "cpu_s": cpu_seconds(pid),
    }


def _field(status: str, name: str) -> int:
    found = re.search(rf"^{name}:\s*(\d+)", status, re.MULTILINE)
    assert found, name
    return int(found[1])


def slope(times: list[float], values: list[float]) -> float:
    """Returns the least-squares slope over the last two thirds of the series, per unit of time."""
    late = np.asarray(times) >= times[0] + (times[-1] - times[0]) / 3
    return float(np.polyfit(np.asarray(times)[late], np.asarray(values)[late], 1)[0])
