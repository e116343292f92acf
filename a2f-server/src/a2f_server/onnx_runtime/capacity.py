"""The number of streams that a device can serve in real time, from a timed call."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import structlog

log = structlog.get_logger(__name__)

MAX_LOAD = 0.6
"""Share of its time that a device may be busy: the rest is for the work around it, and for bursts."""
MAX_STREAMS_PER_PROCESS = 400
"""Streams that one event loop serves in time (docs/performance.md); on a GPU, small models reach this limit first."""
REPEATS = 7
LIMIT_S = 1.0
"""Seconds after which no further call is timed."""


def time_call(call: Callable[[], object]) -> float:
    """Returns the duration of a call in seconds: the median of up to REPEATS calls."""
    took: list[float] = []
    while len(took) < REPEATS and sum(took) < LIMIT_S:
        begun = time.perf_counter()
        call()
        took.append(time.perf_counter() - begun)
    return median(took)


def streams_in_real_time(rows: int, took: float, rate: float) -> float:
    """Returns the number of streams, at `rate` windows per second each, if a call of `rows` windows takes `took` s."""
    return MAX_LOAD * rows / (took * rate)


def to_capacity(measured: float, name: str, most: int = MAX_STREAMS_PER_PROCESS) -> int:
    """Rounds down to whole streams, 1 to `most`. Logs a warning if the device is too slow for a single stream."""
    if measured < 1:
        log.warning(
            "this device is too slow for a live stream: frames will be late, use it for files only",
            backend=name,
            streams=round(measured, 2),
        )
    return max(1, min(int(measured), most))
