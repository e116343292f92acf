"""From any point of the box to its minimum, by freeing and fixing weights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from a2f_server.backends.audio2face3d.solver.contract import Floats, Mask
from a2f_server.backends.audio2face3d.solver.stand import Bounds, Stand, View, view
from a2f_server.backends.audio2face3d.solver.tableau import Tableau

FINE = 1e-10
"""A step this small is the last one."""
LEAPS = 8
"""Rounds in which everything that is wrong is turned at once."""
PATIENCE = 20
"""Steps a pose after that. The cost falls with each, so only rounding could ever use them up."""
POLISHES = 6
"""Steps that only take rounding away: normal equations round, and so do turned tableaus."""
TOGETHER = 16
"""Rows that go side by side: their tableaus stay in the processor's cache from round to round."""
FEW = 4
"""Rows that are quicker one by one."""


class Descent:
    """½ |A x − b|² over 0 ≤ x ≤ 1, through G = A'A.

    The problem and its optimality conditions are those of NVIDIA's Audio2Face-3D SDK, bvls.cpp. First come leaps:
    each goes to the minimum over the free weights, fixes all that passed a bound and frees all that want away from
    one (block principal pivoting, Júdice and Pires 1994); a few of them are nearly always enough. Leaps may go round
    in circles; after LEAPS of them the search walks, each time to the first bound or to the minimum over the free
    weights, where the one that gains most is freed (the active set of Stark and Parker 1995, bounded-variable least
    squares, from any start): the cost falls each time, so no set comes twice, and it ends. It has ended when nothing
    is wrong and the last step was FINE, so that what is left is seen in b itself.

    Many rows go side by side, a few one after the other. Either way each product is one of a matrix with one vector,
    and all else is element by element: the bits are the same.
    """

    def __init__(self, matrix: Floats) -> None:
        """matrix: A, `[n, n]`, symmetric."""
        self.matrix = matrix
        gram = matrix @ matrix
        tableau = Tableau.of((gram + gram.T) / 2).turned(np.arange(len(matrix))).renewed()
        self._start = Stand.of(np.zeros(len(matrix)), tableau)

    def start(self) -> Stand:
        """All at 0, and free to go: from there it is half as far as from where all are fixed."""
        return self._start

    def minima(self, targets: Floats, stands: Sequence[Stand]) -> list[Stand]:
        """Each row goes to its minimum from where it stands. targets: b, `[B, n]`, finite."""
        parts = [slice(begin, begin + TOGETHER) for begin in range(0, len(stands), TOGETHER)]
        return [stand for part in parts for stand in self._side_by_side(targets[part], stands[part])]

    def _side_by_side(self, targets: Floats, stands: Sequence[Stand]) -> list[Stand]:
        found, rows, begun = list(stands), np.arange(len(stands)), 0
        while len(rows) >= FEW and begun < LEAPS:
            here = [found[row] for row in rows]
            seen = self._views(targets[rows], here)
            wrong: Mask = np.logical_or.reduce(seen.over | seen.wanting, axis=1)
            done: Mask = ~wrong & np.logical_and.reduce(np.abs(seen.step) < FINE, axis=1)
            for row, stand, more, one in zip(rows, here, wrong, map(View, *seen), strict=True):
                found[row] = stand.leap(one) if more else stand.at(one.end)
            rows, begun = rows[~done], begun + 1
        for row in rows:
            found[row] = self._minimum(targets[row], found[row], begun)
        return found

    def _minimum(self, target: Floats, stand: Stand, begun: int) -> Stand:
        """One row's, which has gone through some rounds already."""
        polishes = 0
        for count in range(begun, LEAPS + PATIENCE * len(target)):
            if count == LEAPS:
                stand = stand.renewed()
            seen = self._view(target, stand)
            if np.logical_or.reduce(seen.over | seen.wanting):
                stand = stand.leap(seen) if count < LEAPS else stand.walk(seen)
                continue
            stand, polishes = stand.at(seen.end), polishes + 1
            if polishes == POLISHES or np.logical_and.reduce(np.abs(seen.step) < FINE):
                break
        return stand

    def _view(self, target: Floats, stand: Stand) -> View:
        pull = self.matrix.dot(target - self.matrix.dot(stand.point))
        return view(stand.point, stand.bounds, pull, stand.tableau.matrix.dot(pull * stand.bounds.free))

    def _views(self, targets: Floats, stands: Sequence[Stand]) -> View:
        points = np.array([stand.point for stand in stands])
        bounds = Bounds(*map(np.array, zip(*(stand.bounds for stand in stands), strict=True)))
        matrices = [self.matrix] * len(stands)
        pull = _products(matrices, targets - _products(matrices, points))
        change = _products((stand.tableau.matrix for stand in stands), pull * bounds.free)
        return view(points, bounds, pull, change)


def _products(matrices: Iterable[Floats], rows: Floats) -> Floats:
    """Each row of `[B, n]` times a matrix of its own."""
    out = np.empty_like(rows)
    for matrix, row, to in zip(matrices, rows, out, strict=True):
        matrix.dot(row, to)
    return out
