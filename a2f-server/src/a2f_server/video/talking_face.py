"""A talking face: speech goes in; pictures come out, each with the audio that is heard while it is shown.

The weights are exactly those of every other endpoint at the same rate, however the speech is split. Rendering runs on
threads; everything else belongs on the event loop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from a2f_server.arrays import Int16Array, Samples
from a2f_server.clip import FULL
from a2f_server.drawing.contract import FaceRenderer, HeadPose, Picture
from a2f_server.engine.stream import Stream
from a2f_server.errors import A2FError
from a2f_server.video.drawing_threads import DrawingThreads
from a2f_server.video.sound_track import SoundTrack

T = TypeVar("T")

FPS = 25
"""Frames per second of a video, unless a client asks for another rate."""
AT_ONCE = 5
"""Maximum frames rendered in one step (a fifth of a second), so that all videos advance together."""


class HeadMotion(Protocol):
    """Moves the head and the gaze while the face speaks. Called once per frame, in order."""

    def move(self, seconds: float, loudness: float, weights: NDArray[np.float32]) -> HeadPose:
        """Returns the pose at this time. May change the weights (`[52]`), such as those of the gaze.

        loudness: root mean square of the frame's sound, 0–1.
        """
        ...


class StillHead:
    """A head that does not move."""

    def move(self, seconds: float, loudness: float, weights: NDArray[np.float32]) -> HeadPose:
        """Returns the pose of a head that looks straight ahead."""
        return HeadPose()


class Moment(NamedTuple):
    """A frame that is ready to be drawn."""

    number: int
    """The frame is shown from `number / fps` seconds on."""
    weights: NDArray[np.float32]
    """`[52]`, 0–1."""
    pose: HeadPose
    sound: Samples
    """Audio until the next frame: mono, SOUND_RATE Hz, −1 to 1."""


@dataclass(frozen=True, slots=True)
class VideoFrame:
    """A picture and its audio, as in `Moment`."""

    number: int
    picture: Picture
    sound: Samples


class TalkingFace:
    """One face that speaks one utterance.

    `write` takes speech at the utterance's rate and never blocks; `end` marks its end. One consumer calls `frames` or
    `draw` repeatedly until it returns nothing. `close` frees the utterance and its slot.
    """

    def __init__(
        self, stream: Stream, renderer: FaceRenderer, threads: DrawingThreads, motion: HeadMotion | None = None
    ) -> None:
        """`stream` is new, and belongs to this face from now on."""
        self.fps, self.sample_rate = stream.utterance.fps, stream.utterance.sample_rate
        self._renderer: FaceRenderer | None = renderer
        self._stream, self._threads, self._motion = stream, threads, motion or StillHead()
        self._sound = SoundTrack(self.sample_rate, self.fps)
        self._rows: deque[NDArray[np.uint16]] = deque()
        self._next = 0
        self._changed = asyncio.Event()
        stream.on_change = self._changed.set

    @property
    def lookahead(self) -> Fraction:
        """Worst-case seconds of speech needed after a frame's time before it can be rendered."""
        return max(self._stream.lookahead, self._sound.lookahead)

    @property
    def closed(self) -> bool:
        """True once it accepts no more speech."""
        return self._stream.closed

    @property
    def received(self) -> int:
        """Samples of speech received."""
        return self._stream.utterance.received

    def write(self, samples: Int16Array | Samples) -> None:
        """Adds mono speech, all int16 or all float32. Raises TooLong past the utterance's limit."""
        self.add(self.convert(samples))

    def convert(self, samples: Int16Array | Samples) -> ConvertedSpeech:
        """Resamples speech for `add`. One thread at a time may call it; nothing else is used."""
        return ConvertedSpeech(len(samples), self._stream.utterance.convert(samples), self._sound.convert(samples))

    def add(self, speech: ConvertedSpeech) -> None:
        """Adds what `convert` returned. Raises TooLong past the utterance's limit."""
        self._stream.add(speech.count, speech.samples)
        self._sound.add(speech.sound)
        self._changed.set()

    def end(self) -> None:
        """Marks the end of the speech."""
        self._sound.end()
        self._stream.end()
        self._changed.set()

    def fail(self, error: A2FError) -> None:
        """Ends the speech with an error, which follows the frames before it."""
        self._stream.fail(error)

    async def room(self) -> None:
        """Waits until more speech is needed; slows down sources that are faster than real time."""
        await self._stream.room()

    async def moments(self, most: int = AT_ONCE) -> list[Moment]:
        """Waits for the next frames and returns up to `most` of them; none at the end. Raises the stream's error
        after the frames before it."""
        while not (ready := self._ready(most)) and not self._finished:
            self._changed.clear()
            await self._changed.wait()
        if not ready and self._stream.error:  # with frames left whose sound will not come
            raise self._stream.error
        return ready

    async def draw(self, use: Callable[[VideoFrame], T], most: int = AT_ONCE) -> list[T]:
        """Renders the next frames on a thread, where it calls `use` with each; returns the results.

        Returns nothing at the end. Raises what `moments` and `use` raise.
        """
        moments, renderer = await self.moments(most), self._renderer
        if not moments or renderer is None:
            return []
        return await self._threads.run(lambda: [use(_drawn(renderer, moment)) for moment in moments])

    async def frames(self, most: int = AT_ONCE) -> list[VideoFrame]:
        """Renders the next frames on a thread and returns them; none at the end."""
        return await self.draw(lambda frame: frame, most)

    def close(self) -> None:
        """Frees the utterance, its slot and the renderer. May be called twice."""
        self._stream.close()
        self._renderer = None
        self._rows.clear()
        self._changed.set()

    @property
    def _finished(self) -> bool:
        return self._stream.closed or (self._stream.finished and not self._rows)

    def _ready(self, most: int) -> list[Moment]:
        ready: list[Moment] = []
        while len(ready) < most and self._sound.ready() and (row := self._row(raising=not ready)) is not None:
            ready.append(self._moment(row))
        return ready

    def _row(self, *, raising: bool) -> NDArray[np.uint16] | None:
        """Returns the next frame's weights. Takes no more from the engine than it needs, so that the engine waits."""
        may_pop = not self._stream.closed and (raising or not self._stream.error)
        if not self._rows and may_pop and (frames := self._stream.pop()):
            self._rows.extend(frames.values)
        return self._rows.popleft() if self._rows else None

    def _moment(self, row: NDArray[np.uint16]) -> Moment:
        number, self._next = self._next, self._next + 1
        sound, weights = self._sound.take(), row.astype(np.float32) / np.float32(FULL)
        loudness = float(np.sqrt(np.mean(np.square(sound))))
        return Moment(number, weights, self._motion.move(number / self.fps, loudness, weights), sound)


@dataclass(frozen=True, slots=True)
class ConvertedSpeech:
    """Speech at the rates of the model and of the video."""

    count: int
    """Samples at the speech's own rate."""
    samples: Int16Array | Samples
    sound: Samples


def _drawn(renderer: FaceRenderer, moment: Moment) -> VideoFrame:
    return VideoFrame(moment.number, renderer.draw(moment.weights, moment.pose), moment.sound)
