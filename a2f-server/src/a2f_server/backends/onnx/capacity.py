"""How many voices a device carries, from how long it takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import structlog

log = structlog.get_logger(__name__)

BUSY = 0.6
"""Share of its time that a device may be at work: the rest is for what comes before and after it, and for crowds."""
CROWD = 400
"""Voices that one event loop serves in time (docs/performance.md): on a GPU it is full before a small model is."""
REPEATS = 7
LIMIT_S = 1.0
"""Seconds after which no further run is begun."""


def seconds(run: Callable[[], object]) -> float:
    """How long it takes: the median of a few runs, or of one where that takes long."""
    took: list[float] = []
    while len(took) < REPEATS and sum(took) < LIMIT_S:
        begun = time.perf_counter()
        run()
        took.append(time.perf_counter() - begun)
    return median(took)


def carried(rows: int, took: float, rate: float) -> float:
    """Voices in real time, at `rate` windows a second each, where a run of `rows` windows takes so long."""
    return BUSY * rows / (took * rate)


def streams(measured: float, name: str, most: int = CROWD) -> int:
    """What a server says it carries: one at least, with a warning where it will be late."""
    if measured < 1:
        log.warning(
            "this device carries less than one live voice: files only, voices will be late",
            backend=name,
            voices=round(measured, 2),
        )
    return max(1, min(int(measured), most))
