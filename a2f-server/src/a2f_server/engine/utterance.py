"""The state of one utterance: samples in, windows due, frames out. It owns time; it knows no asyncio and no thread.

Windows are laid out by the frame clock, never by the chunks that arrived, so streaming equals batch exactly.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Int16Array, UInt16Array, Weights
from a2f_server.audio import resample
from a2f_server.audio.pcm import Samples, floats
from a2f_server.audio.samples import SampleLine
from a2f_server.backends.contract import Batch, Layout, State
from a2f_server.clip import quantise
from a2f_server.errors import TooLong
from a2f_server.frameclock import frame_count, native_position
from a2f_server.motion.contract import Processor
from a2f_server.motion.emotion import EmotionTrack


@dataclass(frozen=True, slots=True)
class Frames:
    """Consecutive frames from number `first` on: `values[n, 52]` u16, weight = value / 65535."""

    first: int
    values: UInt16Array

    def __len__(self) -> int:
        return len(self.values)


Taken = tuple[list[bytearray], Weights | None]
"""Windows as bytes of the line's type, and the emotions of their frames `[count · hop, 10]` (None: neutral)."""

Moved = tuple[int, Weights]
"""Frames as floats, from this number on, that only want clamping and rounding."""


class Utterance:
    """One utterance of sound at `sample_rate` Hz, made into frames at `fps`.

    `write` and `end` take sound, `due` says how many windows wait, `take` hands them out in order, and `accept`
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
        self._line = SampleLine()
        native = layout.sample_rate == sample_rate
        self._resampler = None if native else resample.Resampler(sample_rate, layout.sample_rate)
        self.track = EmotionTrack(emotions)
        self._next_window = 0
        self._next_start = layout.start(0)
        self._next_stop = self._next_start + layout.window
        self._next_frame = 0
        self._native = _NativeFrames()

    @property
    def lookahead(self) -> Fraction:
        """Seconds of sound that must follow a frame's instant at worst, all told."""
        return self.layout.lookahead(self.fps) + resample.lookahead(self.sample_rate, self.layout.sample_rate)

    @property
    def frame_count(self) -> int:
        """Frames of the sound received so far."""
        return frame_count(self.received, self.sample_rate, self.fps)

    @property
    def done(self) -> bool:
        """Whether every frame was made."""
        return self.ended and self._next_frame >= self.frame_count

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the samples that `take` hands out."""
        return self._line.dtype

    @property
    def lane(self) -> tuple[Hashable, ...]:
        """Utterances of one lane can share a batch."""
        return self._line.dtype.char, self.layout.sample_rate, self.layout.window

    def write(self, samples: Int16Array | Samples) -> None:
        """Adds mono samples, all int16 or all float32. Raises TooLong beyond the limit."""
        if self.received + len(samples) > self._limit:
            raise TooLong(
                f"the utterance is longer than the {self._limit / self.sample_rate:g} s that this server takes; "
                "end it at a pause and start the next one"
            )
        self.received += len(samples)
        self._line.append(self._resampler.feed(floats(samples)) if self._resampler else samples)

    def end(self) -> None:
        """No more sound."""
        self.ended = True
        if self._resampler:
            self._line.append(self._resampler.finish())

    def due(self) -> int:
        """Windows that can be computed now."""
        if not self.ended and self._line.total < self._next_stop:
            return 0
        return max(0, self._last_window() - self._next_window + 1)

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
        """The native frame at or after the last frame's instant."""
        index, rest = native_position(self.frame_count - 1, self.fps, self.layout.frame_rate)
        return index + (rest > 0)

    def take(self, count: int) -> Taken:
        """The next `count` due windows, in order."""
        layout, first = self.layout, self._next_window
        windows = []
        for j in range(first + 1, first + count + 1):
            windows.append(self._line.read(self._next_start, self._next_stop))
            self._next_start = layout.start(j)
            self._next_stop = self._next_start + layout.window
        self._next_window += count
        self._line.forget(self._next_start)
        emotions = self.track.over(first * layout.hop - layout.lead, count * layout.hop, layout.frame_rate)
        return windows, emotions

    def accept(self, weights: Weights, state: State) -> Frames | None:
        """Weights `[n, 52]` of the windows taken last and the model's new state → the frames that they complete."""
        moved = self.move(weights, state)
        return finish([moved])[0] if moved else None

    def move(self, weights: Weights, state: State) -> Moved | None:
        """As `accept`, up to the last step, which `finish` does for many utterances at once.

        The weights become the utterance's to write into.
        """
        self.state = state
        self._native.append(weights, first=self.layout.lead)
        stop = self._frames_ready()
        if stop <= self._next_frame:
            return None
        first, self._next_frame = self._next_frame, stop
        return first, self._moved(first, stop)

    def _frames_ready(self) -> int:
        """Frames that lie at or before the last native frame, and within the sound received."""
        reach = self._native.stop - 1
        if reach < 0:
            return 0
        return min(reach * self.fps // self.layout.frame_rate + 1, self.frame_count)

    def _moved(self, first: int, stop: int) -> Weights:
        weights = self._native.between(first, stop, self.fps, self.layout.frame_rate)
        emotions = self.track.over(first, stop - first, self.fps)
        for processor in self._motion:
            weights = processor.process(weights, first, emotions)
        if emotions is not None:
            heard = self._next_window * self.layout.hop - self.layout.lead
            self.track.forget(min(stop / self.fps, heard / self.layout.frame_rate))
        return weights


class _NativeFrames:
    """The model's frames that are still needed, and the line between each two."""

    def __init__(self) -> None:
        self.stop = 0
        self._computed = 0
        self._kept = np.empty((0, 52), np.float32)

    def append(self, weights: Weights, first: int) -> None:
        """More of the model's frames; its first `first` ones lie before frame 0 and are dropped."""
        fresh = weights if self._computed >= first else weights[first - self._computed :]
        self._computed += len(weights)
        self._kept = np.concatenate([self._kept, fresh]) if len(self._kept) else fresh
        self.stop += len(fresh)

    def between(self, first: int, stop: int, fps: int, frame_rate: int) -> Weights:
        """Frames first … stop − 1 of the asked rate, interpolated; what lies before them is forgotten."""
        base = self.stop - len(self._kept)
        out: Weights
        if fps == frame_rate and first == base and stop == self.stop:
            out, self._kept = self._kept, self._kept[:0]
            return out
        if fps == frame_rate:
            out, self._kept = self._kept[first - base : stop - base], self._kept[stop - base :]
            return out
        places = [native_position(i, fps, frame_rate) for i in range(first, stop)]
        low = np.array([index for index, _ in places]) - base
        share = np.array([rest.numerator / rest.denominator for _, rest in places], np.float32)[:, None]
        high = np.minimum(low + 1, len(self._kept) - 1)
        out = self._kept[low] + (self._kept[high] - self._kept[low]) * share
        self._kept = self._kept[low[-1] :]
        return out


def batch(parts: Sequence[Taken], dtype: np.dtype[Any], layout: Layout) -> Batch:
    """What several utterances of one lane took, as one batch."""
    count = len(parts[0][0])
    raw = b"".join(window for windows, _ in parts for window in windows)
    samples = floats(np.frombuffer(raw, dtype)).reshape(len(parts), count, -1)
    emotions = np.zeros((len(parts), count * layout.hop, len(arkit.EMOTIONS)), np.float32)
    for row, (_, mood) in zip(emotions, parts, strict=True):
        if mood is not None:
            row[:] = mood
    return Batch(samples, emotions, layout.sample_rate)


def finish(parts: Sequence[Moved]) -> list[Frames]:
    """Clamps and rounds the frames of many utterances together."""
    values = quantise(np.concatenate([weights for _, weights in parts]))
    out, at = [], 0
    for first, weights in parts:
        out.append(Frames(first, values[at : at + len(weights)]))
        at += len(weights)
    return out
