"""The interface of anything that makes frames for an utterance's audio."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Protocol

from a2f_server.arrays import Int16Array
from a2f_server.engine.frames import Frames
from a2f_server.errors import A2FError


class FaceSource(Protocol):
    """Takes an utterance's audio and gives its frames: a stream on the engine, or a voice's own animation."""

    @property
    def lookahead(self) -> Fraction:
        """Worst-case seconds of audio needed after a frame's instant."""

    @property
    def error(self) -> A2FError | None:
        """The error that ended the frames early, if any."""

    @property
    def waiting_bytes(self) -> int:
        """Bytes that wait for the model or the reader: audio without frames yet, or frames."""

    @property
    def finished(self) -> bool:
        """True once nothing more will come: all frames were popped, or there is an error."""

    def write(self, samples: Int16Array) -> None:
        """Adds mono samples. Raises TooLong."""

    def end(self) -> None:
        """Marks the end of the audio."""

    def set_emotions(self, emotions: Mapping[str, float], at: float | None) -> None:
        """Changes the emotions from `at` seconds on; None: from the audio received so far on."""

    def pop(self) -> Frames | None:
        """Returns the next frames, None while there are none. Raises `error` after the last frames."""

    def close(self) -> None:
        """Frees everything. Idempotent."""
