"""The tracks that a call sends: the peer's own audio, delayed, and the face that speaks it.

A track ends once its call has failed, and aiortc stops reading it.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, VideoFrame

from a2f_server.arrays import Int16Array
from a2f_server.drawing.contract import FaceRenderer
from a2f_server.errors import A2FError
from a2f_server.video.drawing_threads import DrawingThreads
from a2f_server.video.talking_face import Moment
from a2f_server.video.webrtc.playback import CallPlayback
from a2f_server.video.webrtc.speech_line import RATE

VIDEO_RATE = 90000
"""Frequency of RTP time stamps for video, in Hz."""

Fail = Callable[[A2FError], None]


class HeardTrack(MediaStreamTrack):
    """The outgoing audio."""

    kind = "audio"

    def __init__(self, playback: CallPlayback, fail: Fail) -> None:
        """`fail` ends the call."""
        super().__init__()
        self._playback, self._fail = playback, fail

    async def recv(self) -> AudioFrame:
        """Returns the next audio packet once it is due."""
        try:
            return _audio(*await self._playback.sound())
        except A2FError as error:
            self._fail(error)
            raise MediaStreamError from None


class FaceTrack(MediaStreamTrack):
    """The outgoing video of the face."""

    kind = "video"

    def __init__(self, playback: CallPlayback, renderer: FaceRenderer, threads: DrawingThreads, fail: Fail) -> None:
        """`fail` ends the call."""
        super().__init__()
        self._playback, self._renderer, self._threads, self._fail = playback, renderer, threads, fail

    async def recv(self) -> VideoFrame:
        """Returns the next picture once it is due."""
        try:
            moment = await self._playback.frame()
            if moment is None:
                raise MediaStreamError
            picture = await self._threads.run(lambda: self._draw(moment))
        except A2FError as error:
            self._fail(error)
            raise MediaStreamError from None
        await self._playback.wait_until(moment.number / self._playback.fps)
        self._playback.metrics.video_frames.inc()
        return picture

    def _draw(self, moment: Moment) -> VideoFrame:
        picture = VideoFrame.from_ndarray(self._renderer.draw(moment.weights, moment.pose), "yuv420p")
        picture.pts = moment.number * VIDEO_RATE // self._playback.fps
        picture.time_base = Fraction(1, VIDEO_RATE)
        return picture


def _audio(at: int, samples: Int16Array) -> AudioFrame:
    frame = AudioFrame.from_ndarray(samples[None, :], "s16", "mono")
    frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
    return frame
