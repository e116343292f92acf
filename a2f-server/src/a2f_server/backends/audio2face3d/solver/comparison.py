"""Compares the results of two solvers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from a2f_server.arrays import Float64Array
from a2f_server.backends.audio2face3d.solver.contract import Solver, SolverState


@dataclass(frozen=True)
class SolverDifference:
    """Absolute differences of weights, over all frames and poses of a sequence."""

    largest: float
    mean: float

    @classmethod
    def of(cls, one: Solver, other: Solver, frames: Float64Array) -> SolverDifference:
        """Runs both solvers through the sequence, each with its own state. frames: b, `[T, n]`."""
        difference = np.abs(solved(one, frames) - solved(other, frames))
        return cls(float(difference.max(initial=0)), float(difference.mean()) if difference.size else 0.0)


def solved(solver: Solver, frames: Float64Array) -> Float64Array:
    """Solves the frames of one stream. frames: b, `[T, n]`; returns weights `[T, n]`."""
    state: SolverState = solver.start()
    weights = np.empty_like(frames)
    for frame, row in zip(frames, weights, strict=True):
        out, (state,) = solver.solve(frame[None], [state])
        row[:] = out[0]
    return weights
