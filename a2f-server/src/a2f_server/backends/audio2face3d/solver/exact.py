"""The solver that finds the one best answer, from where the last frame's stood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from a2f_server.backends.audio2face3d.solver.contract import Floats, Mask, Solved, frozen, targets
from a2f_server.backends.audio2face3d.solver.descent import Descent
from a2f_server.backends.audio2face3d.solver.prepare import Prepared
from a2f_server.backends.audio2face3d.solver.stand import Stand


@dataclass(frozen=True, eq=False, slots=True)
class Standing(Solved):
    """Weights, and where the search for them stood before poses cancelled each other."""

    stand: Stand


class Exact:
    """argmin ½ |A x − b|² over 0 ≤ x ≤ 1, to 1e-9 (NVIDIA's Audio2Face-3D SDK, blendshape_solver.cpp and bvls.cpp,
    in float64).

    A frame's search begins where the last one's ended: most often few weights have met a bound since, or left one.
    """

    def __init__(self, prepared: Prepared) -> None:
        """Squares A, once."""
        self.prepared = prepared
        self._descent = Descent(prepared.matrix)
        self._start = Standing(frozen(np.zeros(len(prepared.active))), self._descent.start())

    def start(self) -> Solved:
        """All weights 0."""
        return self._start

    def solve(self, b: Floats, states: Sequence[Solved | None]) -> tuple[Floats, list[Solved]]:
        """See `Solver.solve`. A state of another solver is as good: only its weights are used."""
        if not len(b):
            return b.copy(), []
        known = [state or self._start for state in states]
        target, sound = targets(b, known, self.prepared.carry)
        before = [state.stand if isinstance(state, Standing) else self._start.stand for state in known]
        stands = self._descent.minima(target, before)
        weights = np.array([stand.point for stand in self._cancelled(target, stands)])
        weights[~sound] = np.nan
        rows = zip(weights, stands, sound.tolist(), known, strict=True)
        return weights, [_standing(row, stand) if fine else old for row, stand, fine, old in rows]

    def _cancelled(self, target: Floats, stands: Sequence[Stand]) -> list[Stand]:
        """Solves again without the smaller one of two poses that cancel each other, the second where they are equal
        (SDK, blendshape_solver.cpp). The SDK leaves it a bound of 1e-10; here that is 0."""
        found = list(stands)
        for row, stand in enumerate(stands if self.prepared.pairs else ()):
            losing = self._losing(stand.point)
            if stand.point[losing].any():
                found[row] = self._descent.minima(target[row : row + 1], [stand.barring(losing)])[0]
        return found

    def _losing(self, point: Floats) -> Mask:
        losing = np.zeros(len(point), np.bool_)
        for one, other in self.prepared.pairs:
            losing[other if point[one] >= point[other] else one] = True
        return losing


def _standing(weights: Floats, stand: Stand) -> Standing:
    return Standing(frozen(weights), stand.at(frozen(stand.point)))
