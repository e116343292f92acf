"""The least-squares problem of one part of the face: the active poses as a matrix, and its regularised square.

After NVIDIA's Audio2Face-3D SDK, blendshape_solver_base.cpp (Prepare), in float64 instead of float32.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from a2f_server.arrays import Float64Array, Int64Array
from a2f_server.backends.audio2face3d.bundle import BlendshapeSet, FacePart, SolverConfig

Pairs = tuple[tuple[int, int], ...]

L1, L2, TEMPORAL, SYMMETRY = 0.25, 10.0, 100.0, 10.0
"""Factors on the strengths of a configuration (SDK, blendshape_solver_base.cpp)."""


@dataclass(frozen=True, eq=False)
class BlendshapeProblem:
    """The problem of one part: P poses, n of them active, M vertices in the mask."""

    names: tuple[str, ...]
    """`[P]` poses, in the file's order."""
    active: Int64Array
    """`[n]` indices of the active poses, in the file's order."""
    rows: Int64Array
    """`[M]` indices of the vertices in the mask, in its order."""
    deltas: Float64Array
    """D, `[3M, n]` centimetres: x, y, z of each vertex in turn."""
    neutral: Float64Array
    """`[3M]` centimetres: the neutral of the poses, which differs from that of the network."""
    matrix: Float64Array
    """A, `[n, n]`, symmetric."""
    scale: float
    """s: the size of the head relative to the template, squared."""
    carry: float
    """Factor of the last frame's weights in the right-hand side."""
    pairs: Pairs
    """Poses that exclude each other, as indices into the active ones."""
    multipliers: Float64Array
    """`[P]`."""
    offsets: Float64Array
    """`[P]`."""

    @classmethod
    def of(cls, part: FacePart) -> BlendshapeProblem:
        """Computes the problem, which takes 0.1 s for a head of 24 000 vertices.

        A = D'D + ¼ s L1² · 1 + 10 s L2 I + 100 s T I + 10 s Sym S'S, where S has a row with +1 and −1 for each pair of
        mirrored poses. The carry is s T, not 100 s T as in A, so a constant face relaxes slightly (SDK,
        blendshape_solver_base.cpp and blendshape_solver.cpp; kept, since the shipped strengths were tuned with it).
        Raises ValueError if no pose is active, or the poses or the strengths are not finite.
        """
        shapes, solving = part.shapes, part.config
        active = np.flatnonzero(solving.active)
        if not len(active):
            raise ValueError("no pose is active: bsSolveActivePoses of the solver's configuration must hold a 1")
        rows = np.arange(len(shapes.neutral)) if shapes.mask is None else shapes.mask
        deltas = np.ascontiguousarray(shapes.deltas[active][:, rows].reshape(len(active), -1).T, np.float64)
        scale = _scale(shapes, solving.template_size)
        matrix = deltas.T @ deltas + _regularisation(solving, active, scale)
        if not np.isfinite(matrix).all():
            raise ValueError(
                "the poses or the strengths of the solver's configuration hold numbers that are not finite"
            )
        return cls(
            names=shapes.names,
            active=active,
            rows=rows,
            deltas=deltas,
            neutral=shapes.neutral[rows].astype(np.float64).reshape(-1),
            matrix=(matrix + matrix.T) / 2,
            scale=scale,
            carry=scale * solving.temporal,
            pairs=pairs(solving.cancel[active]),
            multipliers=solving.multipliers,
            offsets=solving.offsets,
        )

    def weights(self, solved: Float64Array) -> Float64Array:
        """Returns the weights of all poses, `[..., P]`, from the solved values of the active ones, `[..., n]`.

        Inactive poses are 0; then multiplier and offset apply to all. Nothing is clamped (SDK, blendshape_solver.cpp).
        """
        full = np.zeros((*solved.shape[:-1], len(self.names)))
        full[..., self.active] = solved
        return full * self.multipliers + self.offsets


def pairs(numbers: Iterable[int]) -> Pairs:
    """Returns the indices of each number that occurs exactly twice, ordered by the first index.

    The SDK (blendshape_solver_base.cpp) counts active poses only and makes no exception for −1, "no pair": if exactly
    two active poses have −1, they are a pair as well.
    """
    indices: dict[int, list[int]] = {}
    for index, number in enumerate(numbers):
        indices.setdefault(int(number), []).append(index)
    return tuple((found[0], found[1]) for found in indices.values() if len(found) == 2)


def _scale(shapes: BlendshapeSet, template_size: float) -> float:
    """Returns s = (diagonal of the bounding box of the whole neutral, without the mask / the template's)²."""
    box = shapes.neutral.astype(np.float64)
    return float((np.linalg.norm(box.max(0) - box.min(0)) / template_size) ** 2)


def _regularisation(solving: SolverConfig, active: Int64Array, scale: float) -> Float64Array:
    """Returns the regularisation terms that are added to D'D, `[n, n]`."""
    count = len(active)
    held = scale * (L2 * solving.l2 + TEMPORAL * solving.temporal)
    mirrored = np.zeros((count, count))
    for left, right in pairs(solving.mirror[active]):
        row = np.zeros(count)
        row[left], row[right] = 1, -1
        mirrored += np.outer(row, row)
    return scale * L1 * solving.l1**2 + held * np.eye(count) + scale * SYMMETRY * solving.symmetry * mirrored
