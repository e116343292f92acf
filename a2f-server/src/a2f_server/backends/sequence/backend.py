"""The base of backends whose network takes whole recordings. A subclass runs the network; windows are handled here."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Float32Array, Samples
from a2f_server.backends.contract import Backend, Batch, Layout, Result
from a2f_server.backends.sequence.normalisation import normalise
from a2f_server.backends.sequence.silence import Silence
from a2f_server.backends.sequence.windows import WindowSizes
from a2f_server.onnx_runtime import capacity

LONGEST_CALL_S = 0.5
"""Longest duration of a call: a file must not delay live streams for longer."""


class SequenceState(NamedTuple):
    """The state of an utterance between windows. Immutable."""

    window: int
    """Number of the next window."""
    tail: Float32Array | None
    """`[overlap, 52]`: frames that the last window computed beyond its own; None before the first window."""


class SequenceBackend(Backend):
    """Runs a network on one window at a time: batches of different sizes could change the last digits.

    Subclasses call `_start` once their network is loaded.
    """

    windows: WindowSizes
    silence: Silence | None = None
    normalised: bool = True
    columns: Sequence[int | None]
    """For each output of the network, its index in `arkit.NAMES`, or None if it is not used."""
    seconds_per_window: float
    """Duration of a call with one window, measured at start."""
    measured_capacity: float
    """Streams that this device serves in real time; below 1 it is too slow for one."""

    @abstractmethod
    def run(self, samples: Samples, frames: int, emotions: Float32Array) -> Float32Array:
        """Runs the network on `[n]` samples; returns `[frames, outputs]`. `emotions` are the ten, `[10]`."""

    def layout(self, sample_rate: int) -> Layout:
        """Returns the windows, at the network's sample rate."""
        return self.windows.layout()

    def initial_state(self, seed: int) -> SequenceState:
        """Returns the state before the first window. The seed is not used."""
        return SequenceState(0, None)

    def infer(self, batch: Batch, states: Sequence[SequenceState]) -> Result:
        """Implements `Backend.infer`. Raises RuntimeError if the network's output is invalid."""
        hop, (streams, count, _) = self.windows.hop, batch.samples.shape
        weights, after = np.empty((streams, count * hop, arkit.COUNT), np.float32), list(states)
        for i in range(streams):
            for j in range(count):
                part = slice(j * hop, (j + 1) * hop)
                weights[i, part], after[i] = self._window(batch.samples[i, j], batch.emotions[i, part], after[i])
        return weights, after

    def _start(self) -> None:
        """Runs the network for the first time, and sets limits and capacity by how long a window takes.

        Raises ValueError with an actionable message if the network's output is invalid.
        """
        layout = self.windows.layout()
        noise = np.random.default_rng(0).normal(0, 0.1, layout.window).astype(np.float32)
        state, emotions = SequenceState(self.windows.context, None), np.zeros((layout.hop, 10), np.float32)
        try:
            self._window(noise, emotions, state)
        except RuntimeError as error:
            raise ValueError(str(error)) from None
        took = capacity.time_call(lambda: self._window(noise, emotions, state))
        self.seconds_per_window = took
        self.max_run = self.max_batch = max(1, min(Backend.max_run, int(LONGEST_CALL_S / took)))
        self.measured_capacity = capacity.streams_in_real_time(1, took, layout.frame_rate / layout.hop)
        self.capacity = capacity.to_capacity(self.measured_capacity, self.name)

    def _window(
        self, samples: Samples, emotions: Float32Array, state: SequenceState
    ) -> tuple[Float32Array, SequenceState]:
        """Returns the frames `[hop, 52]` of a window, and the new state."""
        windows, (first, stop) = self.windows, self._span(samples, state.window)
        start = windows.start(first)
        audio = samples[start : start + windows.samples(stop - first)]
        outputs = self.run(normalise(audio) if self.normalised else audio, stop - first, emotions.mean(0))
        frames = self._to_weights(outputs, stop - first)[windows.context - first :]
        tail = frames[windows.hop : windows.hop + windows.overlap].copy()
        own = windows.cross_fade(frames[: windows.hop], state.tail)
        return own, SequenceState(state.window + 1, tail)

    def _span(self, samples: Samples, window: int) -> tuple[int, int]:
        """Returns the first frame that the network sees, and the end: within the utterance, and from pause to pause."""
        windows = self.windows
        first, stop = windows.first_frame(window), windows.total
        if self.silence:
            edges = (
                (windows.start(first), windows.start(windows.context)),
                (windows.start(windows.needed), len(samples)),
            )
            pauses = [self.silence.first(samples, *edge, windows.sample_rate) for edge in edges]
            if pauses[0] is not None:
                first = max(first, min(windows.frame_at(pauses[0]), windows.context))
            if pauses[1] is not None:
                stop = min(stop, max(windows.frame_at(pauses[1]), windows.needed) + 1)
        return first, stop

    def _to_weights(self, outputs: Float32Array, frames: int) -> Float32Array:
        """Returns weights `[T, 52]`, 0 to 1. Raises RuntimeError if the output has another size or is not finite."""
        if outputs.ndim != 2 or outputs.shape[1] != len(self.columns) or abs(len(outputs) - frames) > 1:
            shape = "×".join(map(str, outputs.shape))
            raise RuntimeError(
                f"the network {self.name!r} returned {shape} numbers instead of {frames}×{len(self.columns)}"
            )
        if not np.isfinite(outputs).all():
            raise RuntimeError(f"the network {self.name!r} returned values that are not numbers")
        weights = np.zeros((len(outputs), arkit.COUNT), np.float32)
        for i, column in enumerate(self.columns):
            if column is not None:
                weights[:, column] = outputs[:, i]
        return weights.clip(0, 1)
