"""The batched solver: a fixed number of steps for every stream, close to the exact one; a few dozen products per call.

It uses the alternating direction method of multipliers (ADMM), like NVIDIA's GPU solver. NVIDIA's takes four steps from
scratch in each frame, which leaves single weights off by up to 0.5. This one continues from the last frame, with more
and smaller steps, and is ten times closer to the optimum (docs/audio2face3d.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from a2f_server.arrays import Float64Array
from a2f_server.backends.audio2face3d.solver.contract import SolverState, frozen, product, targets
from a2f_server.backends.audio2face3d.solver.problem import BlendshapeProblem

UPDATES = 24
RELAXATION = 1.6
"""Over-relaxation α (Boyd et al. 2011, "Distributed optimization … via ADMM", § 3.4.3, who advise 1.5 to 1.8)."""
STIFFNESS = 0.035
"""w = STIFFNESS · √diag(A'A). The SDK's 0.25 is for four steps; with more, less converges faster (measured)."""


@dataclass(frozen=True, eq=False, slots=True)
class BatchedState(SolverState):
    """The end of the iteration for one frame."""

    kept: Float64Array
    """z, `[n]`, read-only: the weights before poses that exclude each other were resolved."""
    dual: Float64Array
    """u, `[n]`, read-only: the scaled dual variables of the bounds."""


class BatchedSolver:
    """Runs ADMM in float64 on a CPU. After NVIDIA's Audio2Face-3D SDK, blendshape_solver_gpu.cpp and admm.cu."""

    def __init__(self, problem: BlendshapeProblem) -> None:
        """Inverts two matrices."""
        self.problem = problem
        gram = problem.matrix @ problem.matrix
        self._inverse = _inverse(problem.matrix)
        self._square = STIFFNESS**2 * np.diagonal(gram)
        self._step = _inverse(gram + np.diag(self._square))

    def start(self) -> SolverState:
        return SolverState(frozen(np.zeros(len(self.problem.active))))

    def solve(self, b: Float64Array, states: Sequence[SolverState | None]) -> tuple[Float64Array, list[SolverState]]:
        if not len(b):
            return b.copy(), []
        known = [state or self.start() for state in states]
        target, valid = targets(b, known, self.problem.carry)
        kept, dual = self._iterate(target, *self._begin(target, known), np.ones_like(target))
        weights = kept
        if self.problem.pairs:
            weights, _ = self._iterate(target, kept, dual, self._upper(kept))
        after = [
            BatchedState(*map(frozen, rows)) if fine else old
            for *rows, fine, old in zip(weights, kept, dual, valid, known, strict=True)
        ]
        return np.where(valid[:, None], weights, np.nan), after

    def _begin(self, target: Float64Array, known: Sequence[SolverState]) -> tuple[Float64Array, Float64Array]:
        """Returns z and u of each stream: those of its last frame; in its first, clip(A⁻¹ b) as in the SDK, and 0."""
        first = np.clip(product(self._inverse, target), 0, 1)
        held = [
            (one.kept, one.dual) if isinstance(one, BatchedState) else (z, 0 * z)
            for one, z in zip(known, first, strict=True)
        ]
        kept, dual = zip(*held, strict=True)
        return np.stack(kept), np.stack(dual)

    def _iterate(
        self, target: Float64Array, kept: Float64Array, dual: Float64Array, upper: Float64Array
    ) -> tuple[Float64Array, Float64Array]:
        """Runs UPDATES steps; returns z, between 0 and `upper`, and u, all `[B, n]`.

        With M = (A'A + diag w²)⁻¹, a step is x = M (w² (z − u) + A'b), x̂ = α x + (1 − α) z, z = clip(x̂ + u),
        u += x̂ − z (Boyd et al. 2011, §§ 3.1, 3.4.3).
        """
        pulled = product(self.problem.matrix, target)
        for _ in range(UPDATES):
            moved = product(self._step, self._square * (kept - dual) + pulled)
            moved = RELAXATION * moved + (1 - RELAXATION) * kept + dual
            kept = np.clip(moved, 0, upper)
            dual = moved - kept
        return kept, dual

    def _upper(self, weights: Float64Array) -> Float64Array:
        """Returns bounds for the second run: of two poses that exclude each other, the smaller one gets 0.

        If they are equal, the second one does (SDK, blendshape_solver.cpp; its GPU solver does the same).
        """
        upper = np.ones_like(weights)
        for one, other in self.problem.pairs:
            first = weights[:, one] >= weights[:, other]
            upper[first, other] = 0
            upper[~first, one] = 0
        return upper


def _inverse(matrix: Float64Array) -> Float64Array:
    """Returns the inverse of a symmetric matrix; the pseudo-inverse if poses depend on each other."""
    return np.asarray(np.linalg.pinv(matrix, hermitian=True), np.float64)
