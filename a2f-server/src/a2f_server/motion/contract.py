"""The contract of a motion processor, and what every one of them is told about its utterance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from a2f_server.arrays import Float32Array, Weights


@dataclass(frozen=True)
class Context:
    """The utterance that a processor is made for."""

    fps: int
    seed: int
    expressions: Float32Array
    """`[10, 52]`: the shapes that each emotion adds at 1.0, in the order of `arkit.EMOTIONS`."""


class Processor(Protocol):
    """One step of motion, with the state of one utterance."""

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        """Frames `[n, 52]` from number `first` on, `emotions[n, 10]` (None: neutral) → frames.

        May write into `weights`. The result must not depend on how frames are cut into calls.
        """
        ...
