"""Holds frames back until their time, for clients that asked for real-time pace."""

from __future__ import annotations

from collections.abc import Callable

from a2f_server.engine.frames import Frames


class FramePacer:
    """Lets at most one frame pass per frame time from `start` on."""

    def __init__(self, fps: int) -> None:
        self._fps = fps
        self._started: float | None = None
        self._held: Frames | None = None

    def start(self, now: float) -> None:
        """Starts the clock, in seconds; only the first call counts."""
        if self._started is None:
            self._started = now

    @property
    def holds(self) -> bool:
        """True while frames are held back."""
        return self._held is not None

    def wait(self, now: float) -> float:
        """Returns the seconds until the first frame that is held back may leave."""
        if self._held is None or self._started is None:
            return 0.0
        return max(0.0, self._started + self._held.first / self._fps - now)

    def next(self, pop: Callable[[], Frames | None], now: float) -> Frames | None:
        """Returns the frames that may leave now; takes more from `pop` when none are held."""
        if self._held is None:
            self._held = pop()
        if self._held is None:
            return None
        frames, self._held = self._split(self._held, now)
        return frames

    def _split(self, frames: Frames, now: float) -> tuple[Frames | None, Frames | None]:
        if self._started is None:
            return frames, None
        allowed = int((now - self._started) * self._fps) + 1 - frames.first
        if allowed >= len(frames):
            return frames, None
        if allowed <= 0:
            return None, frames
        return Frames(frames.first, frames.values[:allowed]), Frames(frames.first + allowed, frames.values[allowed:])
