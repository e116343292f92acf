"""The contract of a motion processor.

To add a processor, write one new file and add one line to `profiles.py`. A processor that draws random numbers declares
a `stream` number that no other processor has (random_stream.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from a2f_server.arrays import Float32Array, Weights


@dataclass(frozen=True)
class Context:
    """Properties of the utterance that a processor is created for."""

    fps: int
    seed: int
    expressions: Float32Array
    """`[10, 52]`: weights that each emotion adds at 1.0, in the order of `arkit.EMOTIONS`."""


class Processor(Protocol):
    """One processing step, with the state of one utterance."""

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        """Processes frames `[n, 52]`, numbered from `first`, with `emotions[n, 10]` (None: neutral).

        May modify `weights` in place. The result must not depend on how frames are split into calls.
        """
        ...
