"""One utterance at a socket: the messages that leave for it. Subclasses provide the audio."""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction

from a2f_server.api.encoding import encode_json
from a2f_server.api.file_animation import warned
from a2f_server.api.live_output import LiveSource
from a2f_server.api.messages import Delivery, Emotions
from a2f_server.api.service import Service, seconds
from a2f_server.api.ws.binary_messages import encode_frames, frames_json
from a2f_server.api.ws.frame_pacer import FramePacer
from a2f_server.engine.frames import Frames

Outgoing = str | bytes
"""A text or binary message."""


class Turn(ABC):
    """Encodes and paces the frames of one utterance."""

    def __init__(self, service: Service, delivery: Delivery, number: int) -> None:
        self.number = number
        self.fps = delivery.fps or service.settings.fps
        self._service = service
        self._encode = _encode_json_frames if delivery.format == "json" else encode_frames
        self._pacer = FramePacer(self.fps) if delivery.pace == "realtime" else None
        self.live: LiveSource | None = None
        """Shows the frames in other programs."""

    @property
    @abstractmethod
    def input_open(self) -> bool:
        """True while more audio may come."""

    @property
    @abstractmethod
    def holds_slot(self) -> bool:
        """True while the utterance takes one of the server's slots."""

    @property
    def waiting_bytes(self) -> int:
        """Bytes of the client's audio that wait for the model or the reader."""
        return 0

    @property
    @abstractmethod
    def lookahead(self) -> Fraction:
        """Worst-case seconds of audio needed after a frame's instant."""

    @property
    @abstractmethod
    def sample_rate(self) -> int | None:
        """Sample rate of the audio in Hz; None while it is unknown."""

    @property
    @abstractmethod
    def frames(self) -> int:
        """Frames of the whole utterance, once it has ended."""

    @property
    @abstractmethod
    def duration(self) -> float:
        """Seconds of the whole utterance, once it has ended."""

    @property
    @abstractmethod
    def finished(self) -> bool:
        """True once every message but the last has left."""

    @property
    def warning(self) -> str | None:
        """The warning about the audio, None if there is none; known once the utterance has ended."""
        return None

    @abstractmethod
    def set_emotions(self, message: Emotions) -> None:
        """Changes the emotions; by default from the audio received so far on."""

    @abstractmethod
    def close(self) -> None:
        """Frees everything, finished or not."""

    @abstractmethod
    def _pop(self) -> Frames | None:
        """Returns the next frames, None while there are none. Raises the utterance's error."""

    def started(self) -> dict[str, object]:
        """Returns the first message of the utterance."""
        return {
            "type": "started",
            "utterance": self.number,
            "fps": self.fps,
            "lookahead": seconds(self.lookahead),
            "sample_rate": self.sample_rate,
        }

    def ended(self) -> dict[str, object]:
        """Returns the last message of the utterance."""
        message = {"type": "end", "utterance": self.number, "frames": self.frames, "duration": round(self.duration, 6)}
        return {**message, **warned(self.warning)}

    def next_message(self, now: float) -> Outgoing | None:
        """Returns the next message that may leave at `now`. Raises the utterance's error."""
        frames = self.next_frames(now)
        return None if frames is None else self._encode(self.number, self.fps, frames)

    def next_frames(self, now: float) -> Frames | None:
        """Returns the next frames that may leave at `now`, for endpoints that encode them in their own way."""
        frames = self._pacer.next(self._pop, now) if self._pacer else self._pop()
        if self.live and frames:
            self.live.show(self.number, self.fps, frames)
        return frames

    @property
    def holds(self) -> bool:
        """True while frames are held back until their time."""
        return self._pacer is not None and self._pacer.holds

    def wait(self, now: float) -> float:
        """Returns the seconds until the first frame that is held back may leave."""
        return self._pacer.wait(now) if self._pacer else 0.0

    def _start_pacer(self) -> None:
        """Starts the clock of real-time pace, if the client asked for it; only the first call counts."""
        if self._pacer:
            self._pacer.start(self._service.engine.clock())


def _encode_json_frames(utterance: int, fps: int, frames: Frames) -> str:
    return encode_json(frames_json(utterance, fps, frames))
