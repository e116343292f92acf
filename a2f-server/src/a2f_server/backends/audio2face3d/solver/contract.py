"""What a solver is: one frame of any number of voices in, their weights out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

LARGEST = 1e8
"""A right side beyond this comes from no face: it would only overflow."""


@dataclass(frozen=True, eq=False, slots=True)
class Solved:
    """What a voice's next frame needs to know of its last one."""

    weights: Floats
    """x, `[n]`, 0 to 1, read-only."""


class Solver(Protocol):
    """Holds nothing that changes: threads may share one."""

    def start(self) -> Solved:
        """What there is before the first frame: all weights 0."""

    def solve(self, b: Floats, states: Sequence[Solved | None]) -> tuple[Floats, list[Solved]]:
        """One frame of each of B voices. b: `[B, n]`, D'(pose − neutral), without what the last frame adds, which is
        the solver's to add. None stands for `start()`. Returns weights, `[B, n]`, 0 to 1, and the next states.

        A row has the same bits alone and in any company. A row that is not finite, or beyond LARGEST, comes back as
        NaN with the state it had; the others know nothing of it.
        """


def targets(b: Floats, states: Sequence[Solved], carry: float) -> tuple[Floats, Mask]:
    """The right sides, b = D'r + s T x_prev (NVIDIA's Audio2Face-3D SDK, blendshape_solver.cpp), `[B, n]`, with 0 in
    rows that cannot be solved, and which can, `[B]`."""
    whole = b + carry * np.array([state.weights for state in states])
    sound: Mask = np.logical_and.reduce(np.abs(whole) < LARGEST, axis=1)
    return np.where(sound[:, None], whole, 0.0), sound


def product(matrix: Floats, rows: Floats) -> Floats:
    """Each of `[B, n]` times a symmetric `[n, n]`. A product of two matrices would round a row by how many there are;
    this is one matrix times one vector, B times."""
    out: Floats = np.matmul(matrix, rows[:, :, None])[:, :, 0]
    return out


def frozen(row: Floats) -> Floats:
    """A copy that nobody can write to, and that keeps no neighbours in memory."""
    copy = row.copy()
    copy.flags.writeable = False
    return copy
