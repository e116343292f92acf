"""Admission control for videos: each has a measured cost, in CPU cores."""

from __future__ import annotations

from time import thread_time

import numpy as np

from a2f_server import arkit
from a2f_server.drawing.contract import FaceRenderer, HeadPose
from a2f_server.errors import Busy
from a2f_server.metrics import Metrics
from a2f_server.video.encoder import VideoEncoder
from a2f_server.video.sound_track import SOUND_RATE

USABLE = 0.75
"""Share of the CPU cores that videos may use: speech and everything else need some, too."""
TYPICAL = 0.25
"""Cost of a video of 512 × 512 on a slow CPU, assumed until the picture has been uploaded."""
DRAWN, ENCODED, SIDE = 3, 25, 256
"""Frames that are rendered and encoded for the measurement, and the side of the encoded ones, in pixels."""
_MOVING = [arkit.INDEX[name] for name in ("jawOpen", "mouthFunnel", "mouthUpperUpLeft", "eyeBlinkLeft", "browInnerUp")]


class VideoSlot:
    """The right to run one video. `close` releases it and may be called twice."""

    def __init__(self, capacity: VideoCapacity, cost: float) -> None:
        self._capacity, self.cost = capacity, cost

    def close(self) -> None:
        """Releases the slot."""
        self._capacity.give_back(self)


class VideoCapacity:
    """The slots of all videos: those of HLS, of files, and of WebRTC."""

    def __init__(self, processors: int, most: int | None, metrics: Metrics) -> None:
        """`most`: maximum videos, whatever they cost; None limits them by cost."""
        self._limit, self._most, self._metrics = processors * USABLE, most, metrics
        self._open: set[VideoSlot] = set()

    @property
    def taken(self) -> int:
        """Number of open videos."""
        return len(self._open)

    def require_free(self, cost: float = TYPICAL) -> None:
        """Raises Busy if `take` would. The first video is always accepted."""
        if self._most is not None:
            full = self.taken >= self._most
        else:
            full = bool(self._open) and sum(slot.cost for slot in self._open) + cost > self._limit
        if full:
            raise Busy(
                f"this server is running {self.taken} videos, its maximum; try again when one has ended", reason="full"
            )

    def take(self, cost: float) -> VideoSlot:
        """Returns a slot for a video that needs `cost` CPU cores. Raises Busy."""
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
    """Measures the cost of a video in CPU cores. Blocking; one thread at a time."""

    def __init__(self) -> None:
        self._encoding: float | None = None

    def cost(self, renderer: FaceRenderer, fps: int) -> float:
        """Returns the number of CPU cores needed to render and encode this face in real time."""
        if self._encoding is None:
            self._encoding = _encoding_seconds() / SIDE**2
        pixels = renderer.width * renderer.height
        return fps * (_drawing_seconds(renderer) + pixels * self._encoding)


def _drawing_seconds(renderer: FaceRenderer) -> float:
    """Returns the CPU time to render a frame of speech. The first frame may take longer and is not counted."""
    begun, weights = 0.0, np.zeros(arkit.COUNT, np.float32)
    for number in range(DRAWN + 1):
        begun = thread_time() if number == 1 else begun
        weights[_MOVING] = 0.2 + 0.1 * number
        renderer.draw(weights, HeadPose(yaw=float(number)))
    return (thread_time() - begun) / DRAWN


def _encoding_seconds() -> float:
    """Returns the CPU time to encode a detailed frame of which a twelfth moves."""
    picture = np.random.default_rng(0).integers(60, 180, (SIDE * 3 // 2, SIDE), np.uint8)
    sound = np.zeros(SOUND_RATE // ENCODED, np.float32)
    begun = thread_time()
    encoder = VideoEncoder(SIDE, SIDE, ENCODED, lambda part: None)
    for number in range(ENCODED):
        picture[SIDE // 2 : SIDE // 2 + SIDE // 4, : SIDE // 3] = 60 + 4 * number
        encoder.add(picture, sound)
    encoder.finish()
    return (thread_time() - begun) / ENCODED
