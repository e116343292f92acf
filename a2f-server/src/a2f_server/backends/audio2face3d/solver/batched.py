"""The solver that takes the same steps for every voice: close to the exact one, and a few dozen products a call.

Like NVIDIA's for GPUs it is the alternating direction method of multipliers (ADMM). That one takes four steps from
anew in each frame, which leaves single weights up to a half away from the answer; this one goes on where the frame
before stopped, in smaller and more steps, and is ten times closer (docs/audio2face3d.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from a2f_server.backends.audio2face3d.solver.contract import Floats, Solved, frozen, product, targets
from a2f_server.backends.audio2face3d.solver.prepare import Prepared

UPDATES = 24
RELAXATION = 1.6
"""Over-relaxation α (Boyd et al. 2011, "Distributed optimization … via ADMM", § 3.4.3, who advise 1.5 to 1.8)."""
STIFFNESS = 0.035
"""w = STIFFNESS · √diag(A'A). The SDK's 0.25 is for four steps; with more, less converges faster (measured)."""


@dataclass(frozen=True, eq=False, slots=True)
class Held(Solved):
    """Where the steps stopped."""

    kept: Floats
    """z, `[n]`, read-only: the weights but for poses that cancel each other."""
    dual: Floats
    """u, `[n]`, read-only: how hard each bound was pressed."""


class Batched:
    """Steps of ADMM, in float64 on a CPU. After NVIDIA's Audio2Face-3D SDK, blendshape_solver_gpu.cpp and admm.cu."""

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
        kept, dual = self._within(target, *self._begin(target, known), np.ones_like(target))
        weights = kept
        if self.prepared.pairs:
            weights, _ = self._within(target, kept, dual, self._upper(kept))
        after = [
            Held(*map(frozen, rows)) if fine else old
            for *rows, fine, old in zip(weights, kept, dual, sound, known, strict=True)
        ]
        return np.where(sound[:, None], weights, np.nan), after

    def _begin(self, target: Floats, known: Sequence[Solved]) -> tuple[Floats, Floats]:
        """z and u of each voice: those of its last frame; in its first, clip(A⁻¹ b) as in the SDK, and 0."""
        first = np.clip(product(self._inverse, target), 0, 1)
        held = [
            (one.kept, one.dual) if isinstance(one, Held) else (z, 0 * z) for one, z in zip(known, first, strict=True)
        ]
        kept, dual = zip(*held, strict=True)
        return np.stack(kept), np.stack(dual)

    def _within(self, target: Floats, kept: Floats, dual: Floats, upper: Floats) -> tuple[Floats, Floats]:
        """z, between 0 and `upper`, and u, all `[B, n]`. With M = (A'A + diag w²)⁻¹, again and again
        x = M (w² (z − u) + A'b), x̂ = α x + (1 − α) z, z = clip(x̂ + u), u += x̂ − z (Boyd et al. 2011, §§ 3.1, 3.4.3)."""
        pulled = product(self.prepared.matrix, target)
        for _ in range(UPDATES):
            moved = product(self._step, self._square * (kept - dual) + pulled)
            moved = RELAXATION * moved + (1 - RELAXATION) * kept + dual
            kept = np.clip(moved, 0, upper)
            dual = moved - kept
        return kept, dual

    def _upper(self, weights: Floats) -> Floats:
        """Bounds for the second run: of two poses that cancel each other the smaller one goes, the second where they
        are equal (SDK, blendshape_solver.cpp; its GPU's solver does the same)."""
        upper = np.ones_like(weights)
        for one, other in self.prepared.pairs:
            first = weights[:, one] >= weights[:, other]
            upper[first, other] = 0
            upper[~first, one] = 0
        return upper


def _inverse(matrix: Floats) -> Floats:
    """Of a symmetric matrix, and what comes nearest to it where poses are no more than others together."""
    return np.asarray(np.linalg.pinv(matrix, hermitian=True), np.float64)
