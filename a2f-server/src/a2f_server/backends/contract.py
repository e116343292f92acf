"""The contract of a backend: a pure function of windows of sound.

A backend never sees sockets, chunks, sessions or clocks. It says where its windows lie (`layout`), and maps
windows, conditions and states to weights and states (`infer`). Its result for a stream must not depend on the
other streams of a batch, on how many consecutive windows one call carries, or on threads;
`tests/backends/test_contract.py` holds every backend to that.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

State = Any
"""One utterance's memory in a backend: opaque to everybody else, never mutated, handed in and out."""


@dataclass(frozen=True)
class Layout:
    """Where windows lie on an utterance's sample line.

    Window j covers samples `start(j)` … `start(j) + window − 1` at `sample_rate` (silence outside the utterance)
    and yields `hop` native frames, the first of them number `j · hop − lead`. Native frame n is the face at
    n / frame_rate seconds. Negative frames only warm the state up and are dropped.
    """

    sample_rate: int
    """Hz."""
    frame_rate: int
    """Native frames per second."""
    window: int
    """Samples a window."""
    hop: int = 1
    """Native frames a window."""
    before: int = 0
    """Samples of window 0 that lie before the utterance's first sample."""
    lead: int = 0
    """Native frames that the first windows yield before frame 0: the model's look-ahead where it has a memory."""

    def start(self, j: int) -> int:
        """First sample of window j (floor, exact)."""
        return j * self.hop * self.sample_rate // self.frame_rate - self.before

    def window_of(self, frame: int) -> int:
        """The window that yields native frame `frame`."""
        return (frame + self.lead) // self.hop

    def lookahead(self, fps: int) -> Fraction:
        """Seconds of sound, at worst, that must follow a frame's instant: interpolation, lead and window."""
        halfway = Fraction(fps - np.gcd(fps, self.frame_rate).item(), fps * self.frame_rate)
        inside = Fraction(self.window - self.before, self.sample_rate)
        return halfway + Fraction(self.lead, self.frame_rate) + inside


@dataclass(frozen=True)
class Batch:
    """B utterances, T consecutive windows of each, all of one layout.

    `samples[B, T, window]` float32 in [−1, 1]; `emotions[B, T · hop, 10]` float32 in [0, 1], a row a native frame.
    """

    samples: NDArray[np.float32]
    emotions: NDArray[np.float32]
    sample_rate: int

    def row(self, i: int) -> Batch:
        """One utterance of the batch, as a batch."""
        return Batch(self.samples[i : i + 1], self.emotions[i : i + 1], self.sample_rate)


Result = tuple[NDArray[np.float32], Sequence[State]]


class Backend(ABC):
    """A model that is loaded. `close` frees it."""

    name: str
    mode: Literal["mock", "real"] = "real"
    device = "cpu"
    provider = "numpy"
    run_inline = False
    """Whether a small batch takes about a millisecond, most of it in Python: see `device.py`."""
    capacity: int
    """Open utterances that one server of this backend carries at 30 FPS without being late."""
    max_run: int = 64
    """Consecutive windows of one utterance that a call takes at most."""
    max_batch: int = 1024
    """Windows that one call takes at most, so that a crowd of files does not hold up the live voices."""
    own_motion: frozenset[str] = frozenset()
    """Steps of motion (motion/profiles.py) that the model does itself and that are therefore left out."""
    model: Mapping[str, str] = {}
    """For people and programs: which model this is, and the server's settings that change its weights."""

    @abstractmethod
    def layout(self, sample_rate: int) -> Layout:
        """The windows for sound of this rate. A model of one fixed rate ignores it; sound is then resampled."""

    @abstractmethod
    def initial_state(self, seed: int) -> State:
        """An utterance's memory before its first window."""

    @abstractmethod
    def infer(self, batch: Batch, states: Sequence[State]) -> Result:
        """Weights `[B, T · hop, 52]` float32 and the new states. Runs on the engine's thread."""

    def close(self) -> None:  # noqa: B027 - most have nothing to free
        """Frees what the model holds."""
