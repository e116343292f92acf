"""The contract of a solver: one frame of any number of streams in, their weights out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from a2f_server.arrays import BoolArray, Float32Array, Float64Array

Row = TypeVar("Row", Float32Array, Float64Array)

LARGEST = 1e8
"""Largest valid right-hand side. No face causes a larger one, and it would overflow."""


@dataclass(frozen=True, eq=False, slots=True)
class SolverState:
    """A solver's state of one stream: what the next frame needs from the last one."""

    weights: Float64Array
    """x, `[n]`, 0 to 1, read-only."""


class Solver(Protocol):
    """Solves for weights. Immutable, so threads may share one."""

    def start(self) -> SolverState:
        """Returns the state before the first frame: all weights 0."""

    def solve(self, b: Float64Array, states: Sequence[SolverState | None]) -> tuple[Float64Array, list[SolverState]]:
        """Solves one frame of each of B streams; returns weights, `[B, n]`, 0 to 1, and the next states.

        b: `[B, n]`, D'(pose − neutral), without the contribution of the last frame, which the solver adds. A state of
        None stands for `start()`. A row's bits do not depend on the other rows. A row that is not finite, or exceeds
        LARGEST, yields NaN and keeps its state, without affecting other rows.
        """


def targets(b: Float64Array, states: Sequence[SolverState], carry: float) -> tuple[Float64Array, BoolArray]:
    """Returns the right-hand sides, `[B, n]`, and which rows are valid, `[B]`; the others are set to 0.

    b = D'r + s T x_prev (NVIDIA's Audio2Face-3D SDK, blendshape_solver.cpp).
    """
    whole = b + carry * np.array([state.weights for state in states])
    valid: BoolArray = np.logical_and.reduce(np.abs(whole) < LARGEST, axis=1)
    return np.where(valid[:, None], whole, 0.0), valid


def product(matrix: Float64Array, rows: Float64Array) -> Float64Array:
    """Multiplies each row of `[B, n]` by a symmetric `[n, n]`, as B products of a matrix and a vector.

    The rounding of a product of two matrices would depend on the number of rows.
    """
    out: Float64Array = np.matmul(matrix, rows[:, :, None])[:, :, 0]
    return out


def frozen(row: Row) -> Row:
    """Returns a read-only copy, which does not keep the rest of its batch in memory."""
    copy = row.copy()
    copy.flags.writeable = False
    return copy
