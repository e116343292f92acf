"""How many videos this server can draw in real time: each has a cost, in processors, that is measured."""

from __future__ import annotations

from time import thread_time

import numpy as np

from a2f_server import arkit
from a2f_server.errors import Busy
from a2f_server.metrics import Metrics
from a2f_server.video.contract import FaceRenderer, HeadPose
from a2f_server.video.encoder import VideoEncoder
from a2f_server.video.sound_track import SOUND_RATE

USABLE = 0.75
"""Share of the processors that video may plan with: speech and everything else need some, too."""
TYPICAL = 0.25
"""The cost of a video at 512 × 512 on a slow processor, for requests whose picture is yet to come."""
DRAWN, ENCODED, SIDE = 3, 25, 256
"""Frames that are drawn and encoded to measure, and the side of the encoded ones, in pixels."""
_MOVING = [arkit.INDEX[name] for name in ("jawOpen", "mouthFunnel", "mouthUpperUpLeft", "eyeBlinkLeft", "browInnerUp")]


class VideoSlot:
    """The right to one video. `close` gives it back and may be called twice."""

    def __init__(self, capacity: VideoCapacity, cost: float) -> None:
        self._capacity, self.cost = capacity, cost

    def close(self) -> None:
        """Gives the slot back."""
        self._capacity.give_back(self)


class VideoCapacity:
    """The slots of all videos: those of HLS, of files, and of WebRTC."""

    def __init__(self, processors: int, most: int | None, metrics: Metrics) -> None:
        """`most`: videos at a time, whatever they cost; None measures instead."""
        self._limit, self._most, self._metrics = processors * USABLE, most, metrics
        self._open: set[VideoSlot] = set()

    @property
    def taken(self) -> int:
        """Videos at present."""
        return len(self._open)

    def require_free(self, cost: float = TYPICAL) -> None:
        """Raises Busy if `take` would. One video is always possible."""
        if self._most is not None:
            full = self.taken >= self._most
        else:
            full = bool(self._open) and sum(slot.cost for slot in self._open) + cost > self._limit
        if full:
            raise Busy(
                f"this server draws {self.taken} videos, as many as it can; try again when one has ended", reason="full"
            )

    def take(self, cost: float) -> VideoSlot:
        """Returns a slot for a video that takes `cost` processors. Raises Busy."""
        self.require_free(cost)
        slot = VideoSlot(self, cost)
        self._open.add(slot)
        self._metrics.videos.set(self.taken)
        return slot

    def give_back(self, slot: VideoSlot) -> None:
        """Frees a slot; a second time changes nothing."""
        self._open.discard(slot)
        self._metrics.videos.set(self.taken)


class CostMeter:
    """Measures what a video costs, in processors. Blocking, on one thread at a time."""

    def __init__(self) -> None:
        self._encoding: float | None = None

    def cost(self, renderer: FaceRenderer, fps: int) -> float:
        """Returns the processors that it takes to draw and encode this face in real time."""
        if self._encoding is None:
            self._encoding = _encoding_seconds() / SIDE**2
        pixels = renderer.width * renderer.height
        return fps * (_drawing_seconds(renderer) + pixels * self._encoding)


def _drawing_seconds(renderer: FaceRenderer) -> float:
    """Returns the processor time of a frame of speech. The first may take longer, and is not counted."""
    begun, weights = 0.0, np.zeros(arkit.COUNT, np.float32)
    for number in range(DRAWN + 1):
        begun = thread_time() if number == 1 else begun
        weights[_MOVING] = 0.2 + 0.1 * number
        renderer.draw(weights, HeadPose(yaw=float(number)))
    return (thread_time() - begun) / DRAWN


def _encoding_seconds() -> float:
    """Returns the processor time of a frame with much detail, a twelfth of which moves."""
    picture = np.random.default_rng(0).integers(60, 180, (SIDE * 3 // 2, SIDE), np.uint8)
    sound = np.zeros(SOUND_RATE // ENCODED, np.float32)
    begun = thread_time()
    encoder = VideoEncoder(SIDE, SIDE, ENCODED, lambda part: None)
    for number in range(ENCODED):
        picture[SIDE // 2 : SIDE // 2 + SIDE // 4, : SIDE // 3] = 60 + 4 * number
        encoder.add(picture, sound)
    encoder.finish()
    return (thread_time() - begun) / ENCODED
