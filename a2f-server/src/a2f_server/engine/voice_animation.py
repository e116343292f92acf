"""A voice's own facial animation on the utterance's clock: rows at 60 FPS in, frames at `fps` out."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Int16Array, Weights
from a2f_server.clip import quantise
from a2f_server.engine.frames import Frames
from a2f_server.errors import A2FError
from a2f_server.frameclock import frame_count, native_position
from a2f_server.tts.contract import ANIMATION_FPS

REST_ROWS = 12
"""Rows, a fifth of a second, in which the face returns to neutral if its animation ends before the audio."""


class VoiceAnimation:
    """Turns the voice's animation rows into frames for as much audio as there is. Implements FaceSource.

    The first 52 columns of Azure's rows are the ARKit shapes in our order.
    """

    lookahead = Fraction(0)
    error: A2FError | None = None

    def __init__(self, sample_rate: int, fps: int) -> None:
        self.sample_rate, self.fps = sample_rate, fps
        self.received = 0
        """Samples so far."""
        self.animated = False
        """True once a row has come."""
        self._ended = False
        self._rows = np.zeros((0, arkit.COUNT), np.float32)
        self._made = 0
        self._ready: deque[Frames] = deque()

    @property
    def frame_count(self) -> int:
        """Frames that the audio received so far amounts to."""
        return frame_count(self.received, self.sample_rate, self.fps)

    @property
    def waiting_bytes(self) -> int:
        """Bytes of the frames that were not popped yet."""
        return sum(frames.values.nbytes for frames in self._ready)

    @property
    def finished(self) -> bool:
        """True once every frame was popped."""
        return self._ended and not self._ready

    def write(self, samples: Int16Array) -> None:
        """Adds audio, of which only the length matters."""
        self.received += len(samples)
        self._make()

    def add(self, first: int, rows: Weights) -> None:
        """Adds rows `[n, 55]` from number `first` on. Earlier rows are kept; a gap is interpolated linearly."""
        fresh = rows[max(0, len(self._rows) - first) :, : arkit.COUNT]
        first = max(first, len(self._rows))
        if len(fresh):
            self.animated = True
            self._rows = np.concatenate([self._rows, self._bridge(first, fresh[0]), fresh])
            self._make()

    def end(self) -> None:
        """Marks the end of audio and rows. Without a row there are no frames: a face at rest would look frozen."""
        self._ended = True
        if self.animated:
            rest = np.linspace(1, 0, REST_ROWS, dtype=np.float32)[:, None]
            self._rows = np.concatenate([self._rows, self._rows[-1:] * rest])
        self._make()

    def set_emotions(self, emotions: Mapping[str, float], at: float | None = None) -> None:
        """Does nothing: the animation contains its own emotions."""

    def close(self) -> None:
        """Drops frames that were not popped."""
        self._ready.clear()

    def pop(self) -> Frames | None:
        """Returns the next frames, None while there are none."""
        return self._ready.popleft() if self._ready else None

    def _bridge(self, first: int, to: Weights) -> Weights:
        missing = first - len(self._rows)
        share = (np.arange(missing, dtype=np.float32)[:, None] + 1) / (missing + 1)
        start = self._rows[-1] if len(self._rows) else to
        bridge: Weights = (start + (to - start) * share).astype(np.float32)
        return bridge

    def _make(self) -> None:
        stop = self.frame_count if self._ended and self.animated else min(self.frame_count, self._covered())
        if stop > self._made:
            weights = np.stack([self._at(i) for i in range(self._made, stop)])
            self._ready.append(Frames(self._made, quantise(weights)))
            self._made = stop

    def _covered(self) -> int:
        """Counts the frames whose instant lies at or before the last row."""
        return (len(self._rows) - 1) * self.fps // ANIMATION_FPS + 1 if len(self._rows) else 0

    def _at(self, frame: int) -> Weights:
        low, rest = native_position(frame, self.fps, ANIMATION_FPS)
        last = len(self._rows) - 1
        before, after = self._rows[min(low, last)], self._rows[min(low + 1, last)]
        between: Weights = before + (after - before) * np.float32(rest)
        return between
