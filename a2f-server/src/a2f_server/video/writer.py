"""Writes the frames of a face into a recording: the frames on a thread, the recording on the event loop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from fractions import Fraction

from a2f_server.metrics import Metrics
from a2f_server.video.encoder import Encoder
from a2f_server.video.parts import Part
from a2f_server.video.recording import RecordedPart, Recording
from a2f_server.video.talking_face import VideoFrame


class RecordingWriter:
    """Encodes into `recording`. After `close`, which may come at any time, a thread's frames are ignored."""

    def __init__(
        self, width: int, height: int, fps: int, limit: int, clock: Callable[[], float], metrics: Metrics
    ) -> None:
        """`limit`: bytes on disk."""
        encoder = Encoder(width, height, fps, self._store)
        self.recording = Recording(encoder.header, Fraction(encoder.part_frames, fps), limit, clock)
        self.frames = 0
        """Frames encoded so far."""
        self._metrics = metrics
        self._encoder: Encoder | None = encoder
        self._fresh: list[RecordedPart] = []
        self._lock = threading.Lock()

    def add(self, frame: VideoFrame) -> None:
        """Encodes a frame, on any thread. Raises OSError if the disk is full."""
        with self._lock:
            if self._encoder:
                self._encoder.add(frame.picture, frame.sound)
                self.frames += 1
                self._metrics.video_frames.inc()

    def finish(self) -> None:
        """Encodes the rest, on any thread. Raises OSError if the disk is full."""
        with self._lock:
            if self._encoder:
                self._encoder.finish()

    def publish(self) -> None:
        """Adds new parts to the recording, on the event loop."""
        fresh, self._fresh = self._fresh, []
        if fresh and not self.recording.ended:
            self.recording.add(fresh)

    def close(self) -> None:
        """Frees the encoder, on any thread. May be called twice."""
        with self._lock:
            if self._encoder:
                self._encoder.close()
            self._encoder = None

    def _store(self, part: Part) -> None:
        self._fresh.append(self.recording.store(part))
