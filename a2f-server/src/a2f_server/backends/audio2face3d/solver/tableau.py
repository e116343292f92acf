"""Normal equations solved for some of their unknowns, and how to turn them to be solved for others."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from a2f_server.backends.audio2face3d.solver.contract import Floats, Mask

RENEWAL = 128
"""Turns after which a tableau is worked out afresh, so that its rounding stays small."""
DEPENDENT = 1e-12
"""An unknown of whose column the free ones leave less than this share is made up of them: it cannot be freed."""


@dataclass(frozen=True, eq=False, slots=True)
class Tableau:
    """Principal pivot transform of a Gram matrix G about the free unknowns F (Tucker 1960; Tsatsomeros 2000).

    `matrix @ v`, where v is the pull on the free ones and 0 elsewhere, is the step that takes the free ones to their
    least squares, and for the fixed ones, how much of the pull on them that step takes away.
    """

    gram: Floats
    """G, `[n, n]`."""
    matrix: Floats
    """`[n, n]`: G_FF⁻¹ among the free, G_BB − G_BF G_FF⁻¹ G_FB among the fixed, ±G_FF⁻¹ G_FB between."""
    free: Mask
    """`[n]`."""
    turns: int = 0
    """How often it was turned since it was worked out afresh."""

    @classmethod
    def of(cls, gram: Floats) -> Tableau:
        """With all unknowns fixed."""
        return cls(gram, gram, np.zeros(len(gram), np.bool_))

    def turned(self, indices: NDArray[np.int64]) -> Tableau:
        """Frees those that are fixed, and fixes those that are free: n² operations each. What the free ones make up
        stays fixed."""
        found = self._after(indices)
        return found if found.turns < RENEWAL else found.renewed()

    def renewed(self) -> Tableau:
        """The same, without the rounding of the turns that led to it."""
        return replace(Tableau.of(self.gram)._after(self.free.nonzero()[0]), turns=0)

    def _after(self, indices: NDArray[np.int64]) -> Tableau:
        matrix, free, turns = self.matrix.copy(), self.free.copy(), self.turns
        for index in indices.tolist():
            least = 0.0 if free[index] else DEPENDENT * self.gram[index, index]
            if matrix[index, index] > least:
                _turn(matrix, index)
                free[index] = not free[index]
                turns += 1
        return Tableau(self.gram, matrix, free, turns)

    def withstood(self) -> Floats:
        """`[n]`: the pull that moves a fixed unknown by 1 when it is freed alone; endless for free ones, and for what
        the free ones make up."""
        alone = self.matrix.diagonal()
        return np.where(self.free | (alone <= DEPENDENT * self.gram.diagonal()), np.inf, alone)


def _turn(matrix: Floats, index: int) -> None:
    """Exchanges what goes in and what comes out at one place, in the matrix that is given."""
    pivot = matrix.item(index, index)
    row, column = matrix[index] / pivot, matrix[:, index].copy()
    matrix -= column[:, None].dot(row[None])
    matrix[index] = -row
    matrix[:, index] = column / pivot
    matrix[index, index] = 1 / pivot
