"""One utterance on the engine, as doors see it: sound goes in, frames come out, and its place is given back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Protocol

import structlog

from a2f_server.arrays import Int16Array
from a2f_server.audio.pcm import Samples
from a2f_server.engine.utterance import Frames, Utterance
from a2f_server.errors import A2FError

log = structlog.get_logger(__name__)

BACKLOG = 256
"""Frames that may wait for a reader before its utterance is paused (docs/protocol.md, back-pressure)."""


class Host(Protocol):
    """What a stream needs of its engine."""

    def clock(self) -> float:
        """Seconds."""

    def wake(self, stream: Stream) -> None:
        """Something about this stream changed."""

    def forget(self, stream: Stream) -> None:
        """This stream is closed."""

    def free(self, slot: Slot) -> None:
        """This place is given back."""


class Slot:
    """The right to one open utterance. `close` gives it back and may be called twice."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def close(self) -> None:
        """Frees the place."""
        self._host.free(self)


class Stream:
    """One utterance on the engine. Sound goes in at once and never waits; frames are popped as they come."""

    def __init__(self, host: Host, utterance: Utterance, slot: Slot) -> None:
        self.utterance = utterance
        self.opened = host.clock()
        self.due_since = 0.0
        self.error: A2FError | None = None
        self.closed = False
        self.on_change: Callable[[], None] = _nothing
        self.name = "-"
        """For the log: connection/utterance."""
        self._host, self._slot = host, slot
        self._ready: deque[Frames] = deque()
        self._waiting = 0

    def write(self, samples: Int16Array | Samples) -> None:
        """More sound; raises what the utterance raises."""
        self.utterance.write(samples)
        self._host.wake(self)

    def end(self) -> None:
        """No more sound."""
        self.utterance.end()
        self._host.wake(self)

    def close(self) -> None:
        """Frees the utterance's place, whether it is finished or not. Idempotent."""
        if not self.closed:
            self.closed = True
            self._ready.clear()
            self._host.forget(self)
            self._slot.close()

    @property
    def finished(self) -> bool:
        """Whether nothing more will come: all frames were popped, or there is an error."""
        return self.error is not None or (self.utterance.done and not self._ready)

    @property
    def paused(self) -> bool:
        """Whether so many frames wait that inference does."""
        return self._waiting >= BACKLOG

    def pop(self) -> Frames | None:
        """The next frames, None while there are none. Raises the stream's error after its last frames."""
        if not self._ready:
            if self.error:
                raise self.error
            return None
        frames, was_paused = self._ready.popleft(), self.paused
        self._waiting -= len(frames)
        if was_paused:
            self._host.wake(self)
        return frames

    def push(self, frames: Frames) -> None:
        """For the engine: frames are ready."""
        self._ready.append(frames)
        self._waiting += len(frames)
        self.tell()

    def fail(self, error: A2FError) -> None:
        """For the engine: the utterance ends here."""
        if self.error is None and not self.closed:
            self.error = error
            self.tell()

    def tell(self) -> None:
        """Tells the door that something changed. A fault of the door's is its utterance's own, never the engine's."""
        try:
            self.on_change()
        except Exception:
            log.exception("a door failed", stream=self.name)
            self.on_change = _nothing
            self.close()


def _nothing() -> None:
    pass
