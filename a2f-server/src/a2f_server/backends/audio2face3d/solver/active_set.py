"""Bounded least squares by an active-set search: from any point of the box to the minimum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from a2f_server.arrays import BoolArray, Float64Array
from a2f_server.backends.audio2face3d.solver.search_state import Bounds, SearchState, SearchStep, next_step
from a2f_server.backends.audio2face3d.solver.tableau import Tableau

FINE = 1e-10
"""Largest component of a step that ends the search."""
LEAPS = 8
"""Rounds of block pivoting, which fixes and frees all violating weights together."""
PATIENCE = 20
"""Steps per pose after that. The cost falls with each step, so only rounding could ever exhaust them."""
POLISHES = 6
"""Steps that only remove rounding errors, those of the normal equations and of pivoted tableaus."""
TOGETHER = 16
"""Rows per batch: their tableaus stay in the processor's cache from round to round."""
FEW = 4
"""Number of rows below which they are faster one by one."""


class ActiveSetSearch:
    """Minimises ½ |A x − b|² over 0 ≤ x ≤ 1, through G = A'A.

    The problem and its optimality conditions are those of NVIDIA's Audio2Face-3D SDK, bvls.cpp. The search starts with
    leaps: each goes to the minimum over the free weights, fixes all that passed a bound, and frees all whose gradient
    points into the box (block principal pivoting, Júdice and Pires 1994). A few leaps nearly always suffice, but they
    may cycle. After LEAPS of them the search walks: to the first bound, or to the minimum over the free weights, where
    the weight that gains most is freed (the active set of Stark and Parker 1995, bounded-variable least squares, from
    any start). The cost falls with each step, so no active set recurs, and the search terminates. It ends when no
    weight violates a condition and the last step was below FINE.

    Many rows run side by side, a few one after the other. Either way each product is one of a matrix and a vector, and
    everything else is elementwise: the bits are the same.
    """

    def __init__(self, matrix: Float64Array) -> None:
        """matrix: A, `[n, n]`, symmetric."""
        self.matrix = matrix
        gram = matrix @ matrix
        tableau = Tableau.of((gram + gram.T) / 2).pivoted(np.arange(len(matrix))).renewed()
        self._start = SearchState.of(np.zeros(len(matrix)), tableau)

    def start(self) -> SearchState:
        """Returns the start: all weights 0 but free, which takes half as many rounds as starting from fixed ones."""
        return self._start

    def minima(self, targets: Float64Array, starts: Sequence[SearchState]) -> list[SearchState]:
        """Searches each row's minimum from its start. targets: b, `[B, n]`, finite."""
        parts = [slice(begin, begin + TOGETHER) for begin in range(0, len(starts), TOGETHER)]
        return [end for part in parts for end in self._side_by_side(targets[part], starts[part])]

    def _side_by_side(self, targets: Float64Array, starts: Sequence[SearchState]) -> list[SearchState]:
        found, rows, begun = list(starts), np.arange(len(starts)), 0
        while len(rows) >= FEW and begun < LEAPS:
            here = [found[row] for row in rows]
            steps = self._steps(targets[rows], here)
            wrong: BoolArray = np.logical_or.reduce(steps.over | steps.freeable, axis=1)
            done: BoolArray = ~wrong & np.logical_and.reduce(np.abs(steps.step) < FINE, axis=1)
            for row, state, more, step in zip(rows, here, wrong, map(SearchStep, *steps), strict=True):
                found[row] = state.leap(step) if more else state.at(step.end)
            rows, begun = rows[~done], begun + 1
        for row in rows:
            found[row] = self._minimum(targets[row], found[row], begun)
        return found

    def _minimum(self, target: Float64Array, state: SearchState, begun: int) -> SearchState:
        """Finishes the search of one row after `begun` rounds."""
        polishes = 0
        for count in range(begun, LEAPS + PATIENCE * len(target)):
            if count == LEAPS:
                state = state.renewed()
            step = self._step(target, state)
            if np.logical_or.reduce(step.over | step.freeable):
                state = state.leap(step) if count < LEAPS else state.walk(step)
                continue
            state, polishes = state.at(step.end), polishes + 1
            if polishes == POLISHES or np.logical_and.reduce(np.abs(step.step) < FINE):
                break
        return state

    def _step(self, target: Float64Array, state: SearchState) -> SearchStep:
        pull = self.matrix.dot(target - self.matrix.dot(state.point))
        return next_step(state.point, state.bounds, pull, state.tableau.matrix.dot(pull * state.bounds.free))

    def _steps(self, targets: Float64Array, states: Sequence[SearchState]) -> SearchStep:
        points = np.array([state.point for state in states])
        bounds = Bounds(*map(np.array, zip(*(state.bounds for state in states), strict=True)))
        matrices = [self.matrix] * len(states)
        pull = _products(matrices, targets - _products(matrices, points))
        change = _products((state.tableau.matrix for state in states), pull * bounds.free)
        return next_step(points, bounds, pull, change)


def _products(matrices: Iterable[Float64Array], rows: Float64Array) -> Float64Array:
    """Multiplies each row of `[B, n]` by its own matrix."""
    out = np.empty_like(rows)
    for matrix, row, to in zip(matrices, rows, out, strict=True):
        matrix.dot(row, to)
    return out
