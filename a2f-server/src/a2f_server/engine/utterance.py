"""The state of one utterance: samples in, windows due, frames out. Neither asyncio nor threads are known here.

Windows are laid out by the frame clock, never by the chunks that arrived, so streaming equals batch exactly.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Float32Array, Int16Array, Samples, Weights
from a2f_server.audio import resample
from a2f_server.audio.pcm import floats
from a2f_server.audio.sample_buffer import SampleBuffer
from a2f_server.backends.contract import Batch, Layout, State
from a2f_server.engine.frames import FloatFrames, Frames, NativeFrames, quantise_frames
from a2f_server.engine.heard_visemes import HeardVisemes
from a2f_server.errors import TooLong
from a2f_server.frameclock import frame_count, native_position
from a2f_server.motion.contract import Processor, VoiceFollower
from a2f_server.motion.emotion import EmotionTrack
from a2f_server.motion.voice_track import VoiceTrack

Windows = tuple[list[bytearray], Weights | None]
"""Windows as raw bytes of the samples' type, and the emotions of their frames `[count · hop, 10]` (None: neutral)."""


class Utterance:
    """Turns audio at `sample_rate` Hz into frames at `fps`.

    `write` and `end` take audio, `due` counts the windows that are ready, `take` returns them in order, and `accept`
    turns their weights into numbered frames.
    """

    def __init__(
        self,
        layout: Layout,
        state: State,
        motion: Sequence[Processor],
        *,
        sample_rate: int,
        fps: int = 30,
        emotions: Mapping[str, float] | None = None,
        max_seconds: float = 600.0,
    ) -> None:
        self.layout, self.state, self.fps, self.sample_rate = layout, state, fps, sample_rate
        self.received = 0
        self.ended = False
        self._limit = int(max_seconds * sample_rate)
        self._motion = motion
        self._line = SampleBuffer()
        native = layout.sample_rate == sample_rate
        self._resampler = None if native else resample.Resampler(sample_rate, layout.sample_rate)
        self.emotions = EmotionTrack(emotions)
        self._next_window = 0
        self._next_start = layout.start(0)
        self._next_stop = self._next_start + layout.window
        self._next_frame = 0
        self.group = 1
        """Frames that are computed together: an open utterance's windows wait until there are enough for so many."""
        self._native = NativeFrames()
        self.visemes: HeardVisemes | None = None
        """Set to hear visemes; the backend must have phones."""
        self.voice: VoiceTrack | None = None
        if any(isinstance(processor, VoiceFollower) for processor in motion):
            self.follow(VoiceTrack(layout.sample_rate, layout.ahead))

    def follow(self, voice: VoiceTrack | None) -> None:
        """Lets the processors follow this voice."""
        self.voice = voice
        for processor in self._motion:
            if isinstance(processor, VoiceFollower):
                processor.voice = voice

    @property
    def lookahead(self) -> Fraction:
        """Worst-case seconds of audio needed after a frame's instant: model, interpolation and resampler."""
        return self.layout.lookahead(self.fps) + resample.lookahead(self.sample_rate, self.layout.sample_rate)

    @property
    def frame_count(self) -> int:
        """Frames that the audio received so far amounts to."""
        return frame_count(self.received, self.sample_rate, self.fps)

    @property
    def begun(self) -> bool:
        """True once the first frame has been produced."""
        return self._next_frame > 0

    @property
    def done(self) -> bool:
        """True once every frame has been produced."""
        return self.ended and self._next_frame >= self.frame_count

    @property
    def buffered_bytes(self) -> int:
        """Bytes of audio that no window has used up yet."""
        return max(0, self._line.total - max(0, self._next_start)) * self._line.width

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the samples that `take` returns."""
        return self._line.dtype

    @property
    def batch_key(self) -> tuple[Hashable, ...]:
        """Utterances with equal keys can share a batch."""
        return self._line.dtype.char, self.layout.sample_rate, self.layout.window

    def write(self, samples: Int16Array | Samples) -> None:
        """Adds mono samples, all int16 or all float32. Raises TooLong past the limit."""
        self.add(len(samples), self.convert(samples))

    def convert(self, samples: Int16Array | Samples) -> Int16Array | Samples:
        """Resamples to the model's rate, which `add` takes. One thread at a time may call it; nothing else is used."""
        return self._resampler.feed(floats(samples)) if self._resampler else samples

    def add(self, count: int, converted: Int16Array | Samples) -> None:
        """Adds `count` samples in the form that `convert` gave them. Raises TooLong past the limit."""
        if self.received + count > self._limit:
            raise TooLong(
                f"the utterance is longer than the {self._limit / self.sample_rate:g} s that this server takes; "
                "end it at a pause and start the next one"
            )
        self.received += count
        self._line.append(converted)

    def end(self) -> None:
        """Marks the end of the audio."""
        self.ended = True
        if self._resampler:
            self._line.append(self._resampler.finish())

    def set_emotions(self, emotions: Mapping[str, float], at: float | None = None) -> None:
        """Changes the emotions from `at` seconds on; by default from the audio received so far on."""
        self.emotions.set(emotions, self.received / self.sample_rate if at is None else at)

    def due(self) -> int:
        """Returns the number of windows that can be computed now."""
        if not self.ended and self._line.total < self._next_stop:
            return 0
        last = self._last_window()
        if self.group > 1 and not self.ended and last < self._last_of_group():
            return 0
        return max(0, last - self._next_window + 1)

    def _last_of_group(self) -> int:
        """Returns the window that completes the group of the next frame. Groups are counted from frame 0 on."""
        last = self._next_frame // self.group * self.group + self.group - 1
        index, rest = native_position(last, self.fps, self.layout.frame_rate)
        return self.layout.window_of(index + (rest > 0))

    def _last_window(self) -> int:
        layout = self.layout
        if self.ended:
            return layout.window_of(self._last_native()) if self.received else -1
        reachable = (self._line.total - layout.window + layout.before) * layout.frame_rate
        j = reachable // (layout.hop * layout.sample_rate)
        while layout.start(j + 1) + layout.window <= self._line.total:
            j += 1
        return j

    def _last_native(self) -> int:
        """Returns the native frame at or after the last frame's instant."""
        index, rest = native_position(self.frame_count - 1, self.fps, self.layout.frame_rate)
        return index + (rest > 0)

    def take(self, count: int) -> Windows:
        """Returns the next `count` due windows, in order."""
        layout, first = self.layout, self._next_window
        windows = []
        for j in range(first + 1, first + count + 1):
            windows.append(self._line.read(self._next_start, self._next_stop))
            self._next_start = layout.start(j)
            stop, self._next_stop = self._next_stop, self._next_start + layout.window
        self._next_window += count
        self._listen(stop)
        emotions = self.emotions.over(first * layout.hop - layout.lead, count * layout.hop, layout.frame_rate)
        return windows, emotions

    def _listen(self, stop: int) -> None:
        """Measures the voice up to sample `stop`, and drops the audio that nothing needs any more."""
        needed = self._next_start
        if voice := self.voice:
            voice.hear(self._line, stop)
            needed = min(needed, voice.needed_from)
        self._line.forget(needed)

    def accept(self, weights: Weights, state: State) -> Frames | None:
        """Takes the weights `[n, 52]` and new state of the last windows; returns the frames that they complete."""
        frames = self.accept_floats(weights, state)
        return quantise_frames([frames])[0] if frames else None

    def hear(self, scores: Float32Array) -> None:
        """Takes the phone scores `[n, P]` of the windows whose weights are accepted next."""
        if self.visemes:
            self.visemes.hear(scores)

    def accept_floats(self, weights: Weights, state: State) -> FloatFrames | None:
        """Does the same up to the last step, which `quantise_frames` does for many utterances together.

        `weights` may be overwritten.
        """
        self.state = state
        self._native.append(weights, lead=self.layout.lead)
        stop = self._frames_ready()
        if stop <= self._next_frame:
            return None
        first, self._next_frame = self._next_frame, stop
        if self.visemes and self.done:
            self.visemes.end()
        return first, self._with_motion(first, stop)

    def _frames_ready(self) -> int:
        """Counts the frames at or before the last native frame and within the audio received."""
        reach = self._native.stop - 1
        if reach < 0:
            return 0
        return min(reach * self.fps // self.layout.frame_rate + 1, self.frame_count)

    def _with_motion(self, first: int, stop: int) -> Weights:
        weights = self._native.between(first, stop, self.fps, self.layout.frame_rate)
        emotions = self.emotions.over(first, stop - first, self.fps)
        for processor in self._motion:
            weights = processor.process(weights, first, emotions)
        if voice := self.voice:
            voice.forget(stop - 1, self.fps)
        if emotions is not None:
            computed = self._next_window * self.layout.hop - self.layout.lead
            self.emotions.forget(min(stop / self.fps, computed / self.layout.frame_rate))
        return weights


def stack_windows(
    parts: Sequence[Windows], dtype: np.dtype[Any], layout: Layout, *, with_phones: bool = False
) -> Batch:
    """Returns the windows of several utterances with the same `batch_key` as one batch."""
    count = len(parts[0][0])
    raw = b"".join(window for windows, _ in parts for window in windows)
    samples = floats(np.frombuffer(raw, dtype)).reshape(len(parts), count, -1)
    emotions = np.zeros((len(parts), count * layout.hop, len(arkit.EMOTIONS)), np.float32)
    for row, (_, wanted) in zip(emotions, parts, strict=True):
        if wanted is not None:
            row[:] = wanted
    return Batch(samples, emotions, layout.sample_rate, with_phones)
