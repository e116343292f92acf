"""Writes the frames of a face into a recording: the frames on a thread, the recording on the event loop."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from a2f_server.metrics import Metrics
from a2f_server.video.encoder import VideoEncoder
from a2f_server.video.parts import VideoPart
from a2f_server.video.recording import RecordedPart, Recording
from a2f_server.video.talking_face import VideoFrame


class RecordingWriter:
    """Encodes into `recording`. After `close`, which may come at any time, a thread's frames are ignored."""

    def __init__(
        self, width: int, height: int, fps: int, limit: int, clock: Callable[[], float], metrics: Metrics
    ) -> None:
        """`limit`: maximum bytes on disk."""
        self._encoder = VideoEncoder(width, height, fps, self._store)
        self.recording = Recording(self._encoder.header, Fraction(self._encoder.part_frames, fps), limit, clock)
        self._metrics = metrics
        self._fresh: list[RecordedPart] = []

    @property
    def frames(self) -> int:
        """Frames encoded so far."""
        return self._encoder.frames

    def add(self, frame: VideoFrame) -> None:
        """Encodes a frame, on any thread. Raises OSError if the disk is full."""
        self._encoder.add(frame.picture, frame.sound)
        self._metrics.video_frames.inc()

    def finish(self) -> None:
        """Encodes the rest, on any thread. Raises OSError if the disk is full."""
        self._encoder.finish()

    def publish(self) -> None:
        """Adds new parts to the recording, on the event loop."""
        fresh, self._fresh = self._fresh, []
        if fresh and not self.recording.ended:
            self.recording.add(fresh)

    def close(self) -> None:
        """Frees the encoder, on any thread. May be called twice."""
        self._encoder.close()

    def _store(self, part: VideoPart) -> None:
        self._fresh.append(self.recording.store(part))
