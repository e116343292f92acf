"""One utterance on the engine: audio goes in, frames come out, and its slot is freed at the end."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Protocol

import numpy as np
import structlog

from a2f_server.arrays import Int16Array, Samples
from a2f_server.engine.frames import Frames
from a2f_server.engine.slots import Slot
from a2f_server.engine.utterance import Utterance
from a2f_server.errors import A2FError

log = structlog.get_logger(__name__)

BACKLOG = 256
"""Frames that may wait for a reader before its utterance is paused (docs/protocol.md, backpressure)."""


class Scheduler(Protocol):
    """The part of the engine that a stream depends on."""

    most_due: int
    """Twice the windows of one stream that the engine can use at once."""

    def clock(self) -> float:
        """Returns seconds."""

    def wake(self, stream: Stream) -> None:
        """Schedules the stream: it may have windows to compute."""

    def forget(self, stream: Stream) -> None:
        """Drops a stream that was closed."""


class Stream:
    """An open utterance. `write` never waits; frames are popped as they come. Implements FaceSource."""

    def __init__(self, scheduler: Scheduler, utterance: Utterance, slot: Slot) -> None:
        self.utterance = utterance
        self.opened = scheduler.clock()
        self.due_since = 0.0
        self.in_burst = False
        """True while it has windows left of audio that came faster than real time: nobody waits for their frames."""
        self.error: A2FError | None = None
        self.closed = False
        self.on_change: Callable[[], None] = _nothing
        """Called when there is something to pop, an error, or the end."""
        self.name = "-"
        """For the log: connection/utterance."""
        self._scheduler, self._slot = scheduler, slot
        self._ready: deque[Frames] = deque()
        self._waiting = 0
        self._moved = asyncio.Event()

    @property
    def lookahead(self) -> Fraction:
        """Worst-case seconds of audio needed after a frame's instant."""
        return self.utterance.lookahead

    def write(self, samples: Int16Array | Samples) -> None:
        """Adds samples. Raises TooLong."""
        self.utterance.write(samples)
        self._scheduler.wake(self)

    def add(self, count: int, converted: Int16Array | Samples) -> None:
        """Adds what `Utterance.convert` made of `count` samples. Raises TooLong."""
        self.utterance.add(count, converted)
        self._scheduler.wake(self)

    async def room(self) -> None:
        """Waits until the engine needs more audio: for sources that are faster than real time."""
        while not (self.closed or self.error) and self.utterance.due() >= self._scheduler.most_due:
            self._moved.clear()
            await self._moved.wait()

    def took(self) -> None:
        """Called by the engine once it took windows."""
        self._moved.set()

    def end(self) -> None:
        """Marks the end of the audio."""
        self.utterance.end()
        self._scheduler.wake(self)

    def set_emotions(self, emotions: Mapping[str, float], at: float | None = None) -> None:
        """Changes the emotions from `at` seconds on; by default from the audio received so far on."""
        self.utterance.set_emotions(emotions, at)

    def close(self) -> None:
        """Frees the utterance's slot, whether it is finished or not. Idempotent."""
        if not self.closed:
            self.closed = True
            self._moved.set()
            self._ready.clear()
            self.on_change = _nothing  # whoever still holds this stream must not hold its connection
            self._scheduler.forget(self)
            self._slot.close()

    @property
    def finished(self) -> bool:
        """True once nothing more will come: all frames were popped, or there is an error."""
        return self.error is not None or (self.utterance.done and not self._ready)

    @property
    def idle(self) -> bool:
        """True while there is neither a frame to pop, nor a viseme before it, nor an error."""
        return not (self._has_group or self.error or self.utterance.visemes)

    @property
    def _has_group(self) -> bool:
        """True if frames may be popped: a group of them, or the last ones."""
        return self._waiting >= self.utterance.group or (self._waiting > 0 and self.utterance.done)

    @property
    def paused(self) -> bool:
        """True while so many frames wait for the reader that inference stops."""
        return self._waiting >= BACKLOG

    @property
    def waiting_bytes(self) -> int:
        """Bytes of audio that wait for the model, which stops for a slow reader."""
        return self.utterance.buffered_bytes

    def pop(self) -> Frames | None:
        """Returns the next frames, None while there are none. Raises the stream's error after its last frames."""
        if not self._ready or not (self.error or self._has_group):
            if self.error:
                raise self.error
            return None
        was_paused = self.paused
        frames = self._ready.popleft() if self.utterance.group == 1 else self._pop_all()
        self._waiting -= len(frames.values)
        if was_paused:
            self._scheduler.wake(self)
        return frames

    def _pop_all(self) -> Frames:
        first, parts = self._ready[0].first, [frames.values for frames in self._ready]
        self._ready.clear()
        return Frames(first, np.concatenate(parts))

    def push(self, frames: Frames) -> None:
        """Called by the engine with new frames."""
        self._ready.append(frames)
        self._waiting += len(frames.values)
        self.notify()

    def fail(self, error: A2FError) -> None:
        """Called by the engine: the utterance ends here."""
        if self.error is None and not self.closed:
            self.error = error
            self._moved.set()
            self.notify()

    def notify(self) -> None:
        """Calls `on_change`. If that raises, only this stream is closed; the engine goes on."""
        try:
            self.on_change()
        except Exception:
            log.exception("an endpoint failed", stream=self.name)
            self.on_change = _nothing
            self.close()


def _nothing() -> None:
    pass
