"""What a part's solver needs to know, worked out once: the poses that count as a matrix, and its regularised square.

After NVIDIA's Audio2Face-3D SDK, blendshape_solver_base.cpp (Prepare), in float64 instead of float32.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from a2f_server.backends.audio2face3d.parts import Part, Shapes, Solving

Floats = NDArray[np.float64]
Pairs = tuple[tuple[int, int], ...]

L1, L2, TEMPORAL, SYMMETRY = 0.25, 10.0, 100.0, 10.0
"""What the strengths of a configuration are multiplied by (SDK, blendshape_solver_base.cpp)."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """One part, ready to be solved for: P poses, n of them active, M vertices that count."""

    names: tuple[str, ...]
    """`[P]` poses, in the file's order."""
    active: NDArray[np.int64]
    """`[n]` indices of the poses that are solved for, in the file's order."""
    rows: NDArray[np.int64]
    """`[M]` vertices that count, in the mask's order."""
    deltas: Floats
    """D, `[3M, n]` centimetres: x, y, z of the first vertex, then of the next."""
    neutral: Floats
    """`[3M]` centimetres: the poses' own neutral, which is not that of the network."""
    matrix: Floats
    """A, `[n, n]`, symmetric."""
    scale: float
    """s: how much larger than the template the head is, squared."""
    carry: float
    """How much of the last frame's weights is added to the right side."""
    pairs: Pairs
    """Poses that cancel each other, as indices into the active ones."""
    multipliers: Floats
    """`[P]`."""
    offsets: Floats
    """`[P]`."""

    @classmethod
    def of(cls, part: Part) -> Prepared:
        """Works it out: 0.1 s for a head of 24 000 vertices. ValueError where no pose is active, or the poses or the
        strengths are not finite.

        A = D'D + ¼ s L1² · 1 + 10 s L2 I + 100 s T I + 10 s Sym S'S, where S has a row for each pair of mirrored
        poses, +1 and −1; the carry is s T, not the 100 s T that A has, so that a face that is held relaxes a little
        (SDK, blendshape_solver_base.cpp and blendshape_solver.cpp; kept, since shipped strengths were tuned with it).
        """
        shapes, solving = part.shapes, part.solving
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

    def weights(self, solved: Floats) -> Floats:
        """`[..., n]` solved values → `[..., P]`: 0 for poses that are not active, then multiplier and offset on all of
        them. Nothing is clamped (SDK, blendshape_solver.cpp)."""
        full = np.zeros((*solved.shape[:-1], len(self.names)))
        full[..., self.active] = solved
        return full * self.multipliers + self.offsets


def pairs(numbers: Iterable[int]) -> Pairs:
    """Indices of the numbers that occur exactly twice, by first index.

    The SDK (blendshape_solver_base.cpp) counts among active poses only and makes no exception for −1, "no pair": two
    active poses that are the only ones with −1 are a pair, too.
    """
    places: dict[int, list[int]] = {}
    for place, number in enumerate(numbers):
        places.setdefault(int(number), []).append(place)
    return tuple((found[0], found[1]) for found in places.values() if len(found) == 2)


def _scale(shapes: Shapes, template_size: float) -> float:
    """s = (diagonal of the box around the whole neutral, masked or not / the template's)²."""
    box = shapes.neutral.astype(np.float64)
    return float((np.linalg.norm(box.max(0) - box.min(0)) / template_size) ** 2)


def _regularisation(solving: Solving, active: NDArray[np.int64], scale: float) -> Floats:
    """What is added to D'D, `[n, n]`."""
    count = len(active)
    held = scale * (L2 * solving.l2 + TEMPORAL * solving.temporal)
    mirrored = np.zeros((count, count))
    for left, right in pairs(solving.mirror[active]):
        row = np.zeros(count)
        row[left], row[right] = 1, -1
        mirrored += np.outer(row, row)
    return scale * L1 * solving.l1**2 + held * np.eye(count) + scale * SYMMETRY * solving.symmetry * mirrored
