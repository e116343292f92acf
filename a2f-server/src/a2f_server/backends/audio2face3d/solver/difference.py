"""How far apart the answers of two solvers are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from a2f_server.backends.audio2face3d.solver.contract import Floats, Solved, Solver


@dataclass(frozen=True)
class Difference:
    """Of weights, over all frames and poses of a sequence."""

    largest: float
    mean: float

    @classmethod
    def of(cls, one: Solver, other: Solver, frames: Floats) -> Difference:
        """Each solver goes through the sequence with weights of its own to remember. frames: b, `[T, n]`."""
        apart = np.abs(solved(one, frames) - solved(other, frames))
        return cls(float(apart.max(initial=0)), float(apart.mean()) if apart.size else 0.0)


def solved(solver: Solver, frames: Floats) -> Floats:
    """The weights of one voice. frames: b, `[T, n]`; returns `[T, n]`."""
    state: Solved = solver.start()
    weights = np.empty_like(frames)
    for frame, row in zip(frames, weights, strict=True):
        out, (state,) = solver.solve(frame[None], [state])
        row[:] = out[0]
    return weights
