"""The contract of a backend: a pure function from windows of audio to frames of weights.

A backend never sees sockets, chunks, sessions or clocks. It defines its windows (`layout`), and maps windows, emotions
and states to weights and states (`infer`). Its result for a stream must not depend on the other streams of a batch, on
the number of consecutive windows per call, or on threads; `tests/backends/test_contract.py` checks this for every
backend.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, Self

import numpy as np

from a2f_server.arrays import Float32Array
from a2f_server.settings import Settings

State = Any
"""A backend's state of one utterance: opaque to the engine, passed in and returned, never mutated."""


@dataclass(frozen=True)
class Layout:
    """The positions of a backend's windows in an utterance's audio.

    Window j covers samples `start(j)` … `start(j) + window − 1` at `sample_rate` (silence outside the utterance)
    and yields `hop` native frames, the first of them number `j · hop − lead`. Native frame n is the face at
    n / frame_rate seconds. Negative frames only warm up the state and are dropped.
    """

    sample_rate: int
    """Hz."""
    frame_rate: int
    """Native frames per second."""
    window: int
    """Samples per window."""
    hop: int = 1
    """Native frames per window."""
    before: int = 0
    """Samples of window 0 before the utterance's first sample."""
    lead: int = 0
    """Native frames that the first windows yield before frame 0: the look-ahead of a model with state."""

    def start(self, j: int) -> int:
        """Returns the first sample of window j (floor, exact)."""
        return j * self.hop * self.sample_rate // self.frame_rate - self.before

    def window_of(self, frame: int) -> int:
        """Returns the window that yields native frame `frame`."""
        return (frame + self.lead) // self.hop

    @property
    def ahead(self) -> Fraction:
        """Seconds of audio after a frame's instant that the model has at least had for it. May be negative."""
        inside = Fraction(self.window - self.before - 1, self.sample_rate)  # `start` drops up to a sample
        return inside + Fraction(self.lead - self.hop + 1, self.frame_rate)

    def lookahead(self, fps: int) -> Fraction:
        """Returns the worst-case look-ahead in seconds: interpolation between native frames, lead and window."""
        halfway = Fraction(fps - np.gcd(fps, self.frame_rate).item(), fps * self.frame_rate)
        inside = Fraction(self.window - self.before, self.sample_rate)
        return halfway + Fraction(self.lead, self.frame_rate) + inside


@dataclass(frozen=True)
class Batch:
    """T consecutive windows of each of B utterances, all with the same layout.

    `samples[B, T, window]` float32 in [−1, 1]; `emotions[B, T · hop, 10]` float32 in [0, 1], one row per native frame.
    """

    samples: Float32Array
    emotions: Float32Array
    sample_rate: int
    with_phones: bool = False
    """True to receive the scores of `Backend.phones`, too."""

    def row(self, i: int) -> Batch:
        """Returns one utterance of the batch, as a batch."""
        return Batch(self.samples[i : i + 1], self.emotions[i : i + 1], self.sample_rate, self.with_phones)


Result = tuple[Float32Array, Sequence[State]]
"""Weights `[B, T · hop, 52]`, and B new states. With phones: `[B, T · hop, 52 + P]`, weights and scores."""


class Backend(ABC):
    """A loaded model. The class attributes are its defaults; an instance may override them."""

    name: str
    """Name in `selector.py` and in A2F_BACKEND."""
    cpu_only: bool = False
    """True if the backend has no GPU support. A2F_DEVICE=cuda is then an error."""
    mode: Literal["mock", "real"] = "real"
    """"mock" for a fake model; clients receive this mode."""
    device = "cpu"
    provider = "numpy"
    run_inline = False
    """True if small batches take about a millisecond, mostly in Python: they then run on the event loop's thread
    (engine/runner.py), which is faster than handing them to another thread."""
    capacity: int
    """Number of open utterances that one server can serve at 30 FPS without being late."""
    max_run: int = 64
    """Largest number of consecutive windows of one utterance per call."""
    max_batch: int = 1024
    """Largest number of windows per call, over all utterances; the limit keeps files from delaying live streams."""
    own_motion: frozenset[str] = frozenset()
    """Names of the motion processors (motion/processors.py) whose work the model does itself; they are not run."""
    phones: tuple[str, ...] = ()
    """Phones in IPA ("": silence) that the model recognises; the highest of its scores tells which one is spoken."""
    model: Mapping[str, str] = {}
    """Describes the model for people and programs: its name, and the settings that affect its weights."""

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Builds the backend. The default is for backends without settings; others override it."""
        return cls()

    @abstractmethod
    def layout(self, sample_rate: int) -> Layout:
        """Returns the windows for audio of this rate in Hz. The audio is resampled if the layout's rate differs."""

    @abstractmethod
    def initial_state(self, seed: int) -> State:
        """Returns the state before an utterance's first window. The seed varies anything random, such as saccades."""

    @abstractmethod
    def infer(self, batch: Batch, states: Sequence[State]) -> Result:
        """Returns weights `[B, T · hop, 52]` float32 and the new states. May be called from any thread."""

    def close(self) -> None:  # noqa: B027 - most backends have nothing to free
        """Frees the model's resources."""
