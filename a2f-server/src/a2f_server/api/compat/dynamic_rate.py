"""The frame rate of a2f-client's server, which follows the speed of the model."""

from __future__ import annotations

LEAST, MOST = 10, 30
"""Frames per second."""
RESERVE = 7
"""Frames per second that are kept back."""


class DynamicRate:
    """The rate of each chunk: constant if one was asked for, else the one that the last chunk's speed allows."""

    def __init__(self, constant: int | None = None) -> None:
        self._constant = constant
        self.fps = constant or LEAST

    def adapt(self, chunk_s: float, took_s: float) -> None:
        """Sets the rate after a chunk of `chunk_s` seconds that was computed in `took_s`: halfway to what is safe."""
        if not self._constant:
            speed = chunk_s / max(took_s, 1e-6)
            safe = max(LEAST, int(self.fps * speed - RESERVE))
            self.fps = min(MOST, (self.fps + safe) // 2)
