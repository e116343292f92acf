"""The solver that takes the same few steps for every voice: close to the exact one, and a few products a call."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from a2f_server.backends.audio2face3d.solver.contract import Floats, Solved, frozen, product, targets
from a2f_server.backends.audio2face3d.solver.prepare import Prepared

UPDATES = 4
RELAXATION = 1.9
STIFFNESS = 0.25
CANCELLED = 1e-10
"""What is left of the smaller one of two poses that cancel each other."""


class Batched:
    """Four steps of the alternating direction method of multipliers (ADMM), as the SDK's solver for GPUs takes them
    (NVIDIA's Audio2Face-3D SDK, blendshape_solver_gpu.cpp and admm.cu), in float64 on a CPU."""

    def __init__(self, prepared: Prepared) -> None:
        """Inverts two matrices, once."""
        self.prepared = prepared
        gram = prepared.matrix @ prepared.matrix
        self._inverse = _inverse(prepared.matrix)
        self._square = STIFFNESS**2 * np.diagonal(gram)
        self._step = _inverse(gram + np.diag(self._square))

    def start(self) -> Solved:
        """All weights 0."""
        return Solved(frozen(np.zeros(len(self.prepared.active))))

    def solve(self, b: Floats, states: Sequence[Solved | None]) -> tuple[Floats, list[Solved]]:
        """See `Solver.solve`."""
        if not len(b):
            return b.copy(), []
        known = [state or self.start() for state in states]
        target, sound = targets(b, known, self.prepared.carry)
        weights = self._within(target, np.ones_like(target))
        if self.prepared.pairs:
            weights = self._within(target, self._upper(weights))
        weights[~sound] = np.nan
        after = [Solved(frozen(row)) if fine else old for row, fine, old in zip(weights, sound, known, strict=True)]
        return weights, after

    def _within(self, target: Floats, upper: Floats) -> Floats:
        """Between 0 and `upper`, `[B, n]`: w = ¼ √diag(A'A), M = (A'A + diag w²)⁻¹, z = clip(A⁻¹ b), u = 0; then four
        times x = M (w² (z − u) + A'b), z = clip(u + x), u += 1.9 (x − z) (SDK, admm.cu)."""
        pulled = product(self.prepared.matrix, target)
        kept: Floats
        kept, dual = np.clip(product(self._inverse, target), 0, upper), np.zeros_like(target)
        for _ in range(UPDATES):
            moved = product(self._step, self._square * (kept - dual) + pulled)
            kept = np.clip(dual + moved, 0, upper)
            dual += RELAXATION * (moved - kept)
        return kept

    def _upper(self, weights: Floats) -> Floats:
        """Bounds for the second run: of two poses that cancel each other the smaller one goes, the second where they
        are equal (SDK, blendshape_solver.cpp; its GPU's solver does the same)."""
        upper = np.ones_like(weights)
        for one, other in self.prepared.pairs:
            first = weights[:, one] >= weights[:, other]
            upper[first, other] = CANCELLED
            upper[~first, one] = CANCELLED
        return upper


def _inverse(matrix: Floats) -> Floats:
    """Of a symmetric matrix, and what comes nearest to it where poses are no more than others together."""
    return np.asarray(np.linalg.pinv(matrix, hermitian=True), np.float64)
