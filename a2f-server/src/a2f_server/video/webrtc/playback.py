"""Schedules the audio and the frames of a call, both with the same delay."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

import numpy as np

from a2f_server.arrays import Int16Array
from a2f_server.audio.sample_buffer import SampleBuffer
from a2f_server.metrics import Metrics
from a2f_server.video.talking_face import Moment, TalkingFace
from a2f_server.video.webrtc.speech_line import PACKET, RATE, SpeechLine

MARGIN_S = 0.05
"""Seconds beyond the look-ahead: for the model, rendering, and the packet that carries a frame's audio."""
MOST_LATE_S = 0.1
"""Maximum seconds that audio may leave late; later audio is dropped."""
MOST_READY = 100
"""Maximum frames taken from the model at once. There is more than one only after it was late."""


class CallPlayback:
    """The clock of one call, its audio, and the frames that the face makes from it.

    A frame or sample at `t` seconds of the call is due at `t + delay`. Output that the model
    or the renderer delivers late is dropped, never delayed.
    """

    def __init__(
        self,
        face: TalkingFace,
        metrics: Metrics,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`face` speaks an utterance at RATE."""
        self.delay = float(face.lookahead) + MARGIN_S
        self.fps = face.fps
        self.line = SpeechLine(self._write)
        self.metrics = metrics
        self._face, self._clock, self._sleep = face, clock, sleep
        self._began: float | None = None
        self._sound = SampleBuffer()
        self._packets = 0
        self._moments: deque[Moment] = deque()

    @property
    def seconds(self) -> float:
        """Seconds of the call so far."""
        return 0.0 if self._began is None else self._clock() - self._began

    def hear(self, at: int, samples: Int16Array) -> None:
        """Takes an audio packet: mono, at RATE, beginning at sample `at` of the peer's count. Raises TooLong."""
        self._begin()
        self.line.add(at, samples, self._now)

    async def sound(self) -> tuple[int, Int16Array]:
        """Waits until the next audio packet is due; returns its position and samples. Skips late packets.

        Raises TooLong if the call has lasted too long.
        """
        self._begin()
        self._skip_late_packets()
        at = self._packets * PACKET
        await self.wait_until(at / RATE)
        self._packets += 1
        self.line.fill(self._now)
        samples = np.frombuffer(self._sound.read(at, at + PACKET), np.int16)
        self._sound.forget(at + PACKET)
        return at, samples

    async def frame(self) -> Moment | None:
        """Waits for the next frame that can be shown in time; None at the end. Raises the model's error.

        If all are late, the latest one is returned.
        """
        self._begin()
        if not self._moments:
            await self._take()
        while self._moments and self._late(self._moments[0]):
            if len(self._moments) == 1:
                with suppress(TimeoutError):
                    async with asyncio.timeout(0):  # only what is there already
                        await self._take()
            if len(self._moments) == 1:
                break
            self._moments.popleft()
            self.metrics.video_drops.inc()
        return self._moments.popleft() if self._moments else None

    async def wait_until(self, seconds: float) -> None:
        """Waits until this time of the call is due."""
        await self._sleep(max(0.0, seconds + self.delay - self.seconds))

    def close(self) -> None:
        """Frees the utterance and its slot."""
        self._face.close()

    async def _take(self) -> None:
        self._moments.extend(await self._face.moments(MOST_READY))

    def _skip_late_packets(self) -> None:
        """Drops audio if the server could not send for a while, so that the delay does not grow."""
        late = self.seconds - self.delay - self._packets * PACKET / RATE
        if late > MOST_LATE_S:
            self._packets += int(late * RATE) // PACKET

    def _late(self, moment: Moment) -> bool:
        """Returns whether the next frame is already due."""
        return (moment.number + 1) / self.fps + self.delay < self.seconds

    def _write(self, samples: Int16Array) -> None:
        self._sound.append(samples)
        self._face.write(samples)

    def _begin(self) -> None:
        if self._began is None:
            self._began = self._clock()

    @property
    def _now(self) -> int:
        return int(self.seconds * RATE)
