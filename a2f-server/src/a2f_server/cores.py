"""The CPU cores that this process may use."""

from __future__ import annotations

import os
from pathlib import Path

QUOTA = Path("/sys/fs/cgroup/cpu.max")
"""A container's CPU quota and period, in microseconds (Linux, control groups v2)."""


def usable_cores() -> int:
    """Returns the number of CPU cores that this process may use, rounded down: a container may have a quota."""
    visible = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = (int(number) for number in QUOTA.read_text("ascii").split())
    except (OSError, ValueError):  # no such file, or "max"
        return visible
    return max(1, min(visible, quota // period))
