"""Finds the frames that lie in a range of seconds."""

from __future__ import annotations

import math
from bisect import bisect_left

END = -1.0
"""Stands for the end of the audio."""
MOST_FPS = 60
"""The server's highest frame rate."""


def check(start: float, end: float) -> None:
    """Raises ValueError if the range is invalid; both are in seconds."""
    if not (math.isfinite(start) and start >= 0):
        raise ValueError(f"start: {start} is not a time in seconds, 0 or later")
    if end != END and not start < end < math.inf:
        raise ValueError(f"end: {end} is not a time in seconds after start ({start}), nor -1 for the end of the audio")


def raised(fps: int, start: float, end: float) -> int:
    """Returns `fps`, or a higher rate if the range would have no frame. Raises ValueError if that is too high."""
    least = fps if end == END else max(fps, math.ceil(1 / (end - start) + 1e-3))
    if least > max(fps, MOST_FPS):
        raise ValueError(f"end: the range is shorter than a frame of 1/{MOST_FPS} s")
    return least


def within(start: float, end: float, fps: int, count: int) -> slice:
    """Returns the frames with start ≤ i / fps < end, of `count` in all."""

    def first(time: float) -> int:
        return bisect_left(range(count), time, key=lambda i: i / fps)

    return slice(first(start), count if end == END else first(end))
