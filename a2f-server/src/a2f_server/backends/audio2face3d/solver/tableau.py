"""Normal equations solved for some of their unknowns, and pivoting to solve them for others."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from a2f_server.arrays import BoolArray, Float64Array, Int64Array

RENEWAL = 128
"""Pivots after which a tableau is recomputed, to keep rounding errors small."""
DEPENDENT = 1e-12
"""Share of an unknown's column below which it is linearly dependent on the free ones, and cannot be freed."""


@dataclass(frozen=True, eq=False, slots=True)
class Tableau:
    """Principal pivot transform of a Gram matrix G about the free unknowns F (Tucker 1960; Tsatsomeros 2000).

    Let v be the gradient of the free unknowns, and 0 elsewhere. Then `matrix @ v` is, for the free ones, the step to
    their least-squares solution, and for the fixed ones, the change of their gradient by that step.
    """

    gram: Float64Array
    """G, `[n, n]`."""
    matrix: Float64Array
    """`[n, n]`: G_FF⁻¹ among the free, G_BB − G_BF G_FF⁻¹ G_FB among the fixed, ±G_FF⁻¹ G_FB between."""
    free: BoolArray
    """`[n]`."""
    pivots: int = 0
    """Pivots since it was last recomputed."""

    @classmethod
    def of(cls, gram: Float64Array) -> Tableau:
        """Returns the tableau with all unknowns fixed."""
        return cls(gram, gram, np.zeros(len(gram), np.bool_))

    def pivoted(self, indices: Int64Array) -> Tableau:
        """Frees the unknowns of `indices` that are fixed, and fixes those that are free: n² operations each.

        Unknowns that depend on the free ones stay fixed.
        """
        found = self._after(indices)
        return found if found.pivots < RENEWAL else found.renewed()

    def renewed(self) -> Tableau:
        """Recomputes the tableau, without the rounding errors of the pivots that led to it."""
        return replace(Tableau.of(self.gram)._after(self.free.nonzero()[0]), pivots=0)

    def _after(self, indices: Int64Array) -> Tableau:
        matrix, free, pivots = self.matrix.copy(), self.free.copy(), self.pivots
        for index in indices.tolist():
            least = 0.0 if free[index] else DEPENDENT * self.gram[index, index]
            if matrix[index, index] > least:
                _pivot(matrix, index)
                free[index] = not free[index]
                pivots += 1
        return Tableau(self.gram, matrix, free, pivots)

    def curvature(self) -> Float64Array:
        """Returns `[n]`: the gradient that would move a fixed unknown by 1 if it alone were freed.

        Infinite for free unknowns, and for those that depend on them.
        """
        alone = self.matrix.diagonal()
        return np.where(self.free | (alone <= DEPENDENT * self.gram.diagonal()), np.inf, alone)


def _pivot(matrix: Float64Array, index: int) -> None:
    """Pivots on one diagonal element, in place."""
    pivot = matrix.item(index, index)
    row, column = matrix[index] / pivot, matrix[:, index].copy()
    matrix -= column[:, None].dot(row[None])
    matrix[index] = -row
    matrix[:, index] = column / pivot
    matrix[index, index] = 1 / pivot
