"""The batched solver: a fixed number of steps for every stream, close to the exact one; a few dozen products per call.

It uses the alternating direction method of multipliers (ADMM), like NVIDIA's GPU solver. NVIDIA's takes four steps from
scratch in each frame, which leaves single weights off by up to 0.5. This one continues from the last frame, with more
and smaller steps, and is ten times closer to the optimum (docs/audio2face3d.md).

With M = (A'A + diag w²)⁻¹, a step is x = M (w² (z − u) + A'b), m = α x + (1 − α) z + u, z = clip(m), u = m − z (Boyd et
al. 2011, "Distributed optimization … via ADMM", §§ 3.1, 3.4.3). So m is all that a step leaves to the next one. With
t = z − u = 2 clip(m) − m, a step is m ← (1 − α/2) m + t (α diag(w²) M − α/2) + α M A'b: one product, in float32.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from a2f_server.arrays import Float32Array, Float64Array
from a2f_server.backends.audio2face3d.solver.contract import SolverState, frozen, product, targets
from a2f_server.backends.audio2face3d.solver.problem import BlendshapeProblem

UPDATES = 24
RELAXATION = 1.6
"""Over-relaxation α (Boyd et al., § 3.4.3, who advise 1.5 to 1.8)."""
STIFFNESS = 0.035
"""w = STIFFNESS · √diag(A'A). The SDK's 0.25 is for four steps; with more, less converges faster (measured)."""
BLOCK = 16
"""Rows of a product. A product's rounding depends on its number of rows, so it is always the same."""


@dataclass(frozen=True, eq=False, slots=True)
class BatchedState(SolverState):
    """The end of the iteration for one frame, before poses that exclude each other were resolved."""

    moved: Float32Array
    """m, `[n]`, read-only."""


class BatchedSolver:
    """Runs ADMM on a CPU. After NVIDIA's Audio2Face-3D SDK, blendshape_solver_gpu.cpp and admm.cu."""

    def __init__(self, problem: BlendshapeProblem) -> None:
        """Inverts two matrices."""
        self.problem = problem
        gram = problem.matrix @ problem.matrix
        stiff = np.diag(STIFFNESS**2 * np.diagonal(gram))
        step = RELAXATION * _inverse(gram + stiff)
        self._inverse = _inverse(problem.matrix)
        self._pull = step @ problem.matrix
        self._turn = (stiff @ step - RELAXATION / 2 * np.eye(len(step))).astype(np.float32)

    def start(self) -> SolverState:
        return SolverState(frozen(np.zeros(len(self.problem.active))))

    def solve(self, b: Float64Array, states: Sequence[SolverState | None]) -> tuple[Float64Array, list[SolverState]]:
        if not len(b):
            return b.copy(), []
        known = [state or self.start() for state in states]
        target, valid = targets(b, known, self.problem.carry)
        pulled = _blocks(product(self._pull, target))
        moved = self._iterated(self._begin(target, known), pulled)
        weights = moved.clip(0, 1)
        if self.problem.pairs:
            upper = self._upper(weights)
            weights = self._iterated(moved, pulled, upper).clip(0, upper)
        found, ends = _rows(weights, len(b)).astype(np.float64), _rows(moved, len(b))
        after = [
            BatchedState(frozen(row), frozen(end)) if fine else old
            for row, end, fine, old in zip(found, ends, valid.tolist(), known, strict=True)
        ]
        return np.where(valid[:, None], found, np.nan), after

    def _begin(self, target: Float64Array, known: Sequence[SolverState]) -> Float32Array:
        """Returns m of each stream: that of its last frame; in its first, clip(A⁻¹ b) as in the SDK."""
        held = [one.moved for one in known if isinstance(one, BatchedState)]
        if len(held) == len(known):
            return _blocks(held)
        first = np.clip(product(self._inverse, target), 0, 1)
        return _blocks([one.moved if isinstance(one, BatchedState) else z for one, z in zip(known, first, strict=True)])

    def _iterated(self, moved: Float32Array, pulled: Float32Array, upper: Float32Array | float = 1.0) -> Float32Array:
        """Returns m after UPDATES steps with weights between 0 and `upper`."""
        moved, twice, turned = moved.copy(), np.empty_like(moved), np.empty_like(moved)
        for _ in range(UPDATES):
            np.maximum(moved, 0, out=twice)
            np.minimum(twice, upper, out=twice)
            twice += twice
            twice -= moved
            np.matmul(twice, self._turn, out=turned)
            moved *= np.float32(1 - RELAXATION / 2)
            moved += pulled
            moved += turned
        return moved

    def _upper(self, weights: Float32Array) -> Float32Array:
        """Returns bounds for the second run: of two poses that exclude each other, the smaller one gets 0.

        If they are equal, the second one does (SDK, blendshape_solver.cpp; its GPU solver does the same).
        """
        upper = np.ones_like(weights)
        for one, other in self.problem.pairs:
            first = weights[..., one] >= weights[..., other]
            upper[first, other] = 0
            upper[~first, one] = 0
        return upper


def _blocks(rows: Float64Array | Sequence[Float32Array | Float64Array]) -> Float32Array:
    """Returns rows `[B, n]` as blocks, `[⌈B / BLOCK⌉, BLOCK, n]`; the last one is filled up with zeros."""
    width = len(rows[0])
    blocks = np.zeros((-(-len(rows) // BLOCK), BLOCK, width), np.float32)
    blocks.reshape(-1, width)[: len(rows)] = rows
    return blocks


def _rows(blocks: Float32Array, count: int) -> Float32Array:
    """Returns the first `count` rows of blocks."""
    rows: Float32Array = blocks.reshape(-1, blocks.shape[-1])[:count]
    return rows


def _inverse(matrix: Float64Array) -> Float64Array:
    """Returns the inverse of a symmetric matrix; the pseudo-inverse if poses depend on each other."""
    return np.asarray(np.linalg.pinv(matrix, hermitian=True), np.float64)
