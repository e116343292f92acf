"""Shows the frames of live utterances at their playback time in other programs (A2F_LIVELINK, A2F_VMC).

They have one face: the socket that began an utterance last has it. Utterances of one socket follow one another.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import UInt16Array, Weights
from a2f_server.clip import FULL
from a2f_server.engine.frames import Frames
from a2f_server.live_targets import selector
from a2f_server.live_targets.contract import LiveTarget
from a2f_server.settings import Settings


class LiveOutput:
    """The live targets of a server."""

    def __init__(self, targets: Sequence[LiveTarget]) -> None:
        self.targets = targets
        self.shown: LiveSource | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> LiveOutput:
        """Opens the targets that the settings name. Raises ValueError."""
        named = {"livelink": settings.livelink, "vmc": settings.vmc}
        return cls(selector.parse([f"{name}={address}" for name, address in named.items() if address]))

    def source(self) -> LiveSource | None:
        """Returns what shows the frames of one socket; None without targets."""
        return LiveSource(self) if self.targets else None

    def close(self) -> None:
        """Frees the targets."""
        if self.shown:
            self.shown.stop()
        for target in self.targets:
            target.close()


@dataclass(frozen=True, slots=True)
class _Part:
    """Frames of an utterance that begins to play at `begun`, in seconds of the event loop."""

    begun: float
    fps: int
    frames: Frames

    def due(self, now: float) -> int:
        """Returns how many of the frames are due."""
        return min(len(self.frames), max(0, int((now - self.begun) * self.fps + 1e-6) + 1 - self.frames.first))

    def rest(self, count: int) -> _Part:
        """Returns the part without the first `count` frames."""
        return replace(self, frames=Frames(self.frames.first + count, self.frames.values[count:]))


class LiveSource:
    """The utterances of one socket. Each begins to play with its first frames, or when the one before it has ended."""

    def __init__(self, output: LiveOutput) -> None:
        self._output = output
        self._waiting: deque[_Part] = deque()
        self._utterance = 0
        self._begun = self._free_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def show(self, utterance: int, fps: int, frames: Frames) -> None:
        """Adds frames, in order; call it on the event loop."""
        if utterance != self._utterance:
            self._utterance = utterance
            self._begun = max(self._free_at, asyncio.get_running_loop().time())
            self._take_over()
        if self._output.shown is not self:
            return
        self._free_at = self._begun + (frames.first + len(frames)) / fps
        self._waiting.append(_Part(self._begun, fps, frames))
        if self._timer is None:
            self._send_due()

    def stop(self) -> None:
        """Drops the frames that have not been shown; the face rests, if it was this socket's."""
        if self._output.shown is self:
            self._output.shown = None
            self._drop()
            self._send(np.zeros(arkit.COUNT, np.float32), 30)

    def _take_over(self) -> None:
        older, self._output.shown = self._output.shown, self
        if older is not None and older is not self:
            older._drop()

    def _drop(self) -> None:
        self._waiting.clear()
        self._free_at = 0.0
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _send_due(self) -> None:
        """Sends the latest frame that is due, and waits for the next one."""
        loop, self._timer = asyncio.get_running_loop(), None
        latest: tuple[UInt16Array, int] | None = None
        while self._waiting and (count := self._waiting[0].due(loop.time())):
            part = self._waiting.popleft()
            latest = part.frames.values[count - 1], part.fps
            if count < len(part.frames):
                self._waiting.appendleft(part.rest(count))
        if latest:
            self._send(latest[0].astype(np.float32) / np.float32(FULL), latest[1])
        if self._waiting:
            part = self._waiting[0]
            self._timer = loop.call_at(part.begun + part.frames.first / part.fps, self._send_due)

    def _send(self, weights: Weights, fps: int) -> None:
        for target in self._output.targets:
            target.send(weights, fps)
