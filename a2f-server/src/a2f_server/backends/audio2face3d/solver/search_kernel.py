"""The search of `active_set.py` for one row, as machine code; needs numba.

Each sum runs over the same indices in the same order, whatever else is solved, so a row's bits depend on nothing else.
"""

from __future__ import annotations

import numpy as np

from a2f_server.arrays import BoolArray, Float64Array
from a2f_server.backends.audio2face3d.solver.active_set import FINE, LEAPS, PATIENCE, POLISHES
from a2f_server.backends.audio2face3d.solver.search_state import SLACK
from a2f_server.backends.audio2face3d.solver.tableau import DEPENDENT, RENEWAL
from a2f_server.compiled import compiled

SCRATCH = 5
"""Rows of the scratch array: residual, pull, change, end, and which weights violate a condition."""
FINE_WEIGHT, OVER, FREEABLE = 0.0, 1.0, 2.0
"""A weight that violates no condition, passes a bound, or is fixed and could be freed."""


@compiled
def search(
    matrix: Float64Array,
    gram: Float64Array,
    target: Float64Array,
    point: Float64Array,
    tableau: Float64Array,
    free: BoolArray,
    barred: BoolArray,
    pivots: int,
    scratch: Float64Array,
) -> int:
    """Moves `point` to the minimum, with `tableau` and `free`; returns the pivots since the tableau was computed.

    matrix: A, gram: A'A, tableau: `[n, n]`; target: b, point, free, barred: `[n]`; scratch: `[SCRATCH, n]`.
    """
    change, end, wrong = scratch[2], scratch[3], scratch[4]
    polishes = 0
    for count in range(LEAPS + PATIENCE * len(point)):
        if count == LEAPS:
            _renew(tableau, gram, free, scratch)
            pivots = 0
        _descend(matrix, target, point, tableau, free, scratch)
        violated = _judge(gram, point, tableau, free, barred, scratch)
        if violated == FINE_WEIGHT:
            largest = _largest(change, free)
            _copy(end, point)
            polishes += 1
            if polishes == POLISHES or largest < FINE:
                break
            continue
        if count < LEAPS:
            _copy(end, point)
            for i in range(len(point)):
                if wrong[i] != FINE_WEIGHT:
                    pivots += _flip(tableau, gram, free, i)
        elif violated == OVER:
            pivots += _flip(tableau, gram, free, _stop(point, change, free, wrong))
        else:
            _copy(end, point)
            pivots += _flip(tableau, gram, free, _best(tableau, scratch))
        if pivots >= RENEWAL:
            _renew(tableau, gram, free, scratch)
            pivots = 0
    return pivots


@compiled
def _descend(
    matrix: Float64Array,
    target: Float64Array,
    point: Float64Array,
    tableau: Float64Array,
    free: BoolArray,
    scratch: Float64Array,
) -> None:
    """Computes the gradient ("pull"), and the tableau times that of the free weights ("change")."""
    residual, pull, change = scratch[0], scratch[1], scratch[2]
    n = len(point)
    for i in range(n):
        residual[i], pull[i], change[i] = target[i], 0.0, 0.0
    for j in range(n):
        if point[j] != 0.0:
            for i in range(n):
                residual[i] -= matrix[j, i] * point[j]
    for j in range(n):
        for i in range(n):
            pull[i] += matrix[j, i] * residual[j]
    for j in range(n):
        if free[j]:
            for i in range(n):
                change[i] += tableau[j, i] * pull[j]
    for i in range(n):  # a tableau is symmetric, but for the sign between free and fixed
        if not free[i]:
            change[i] = -change[i]


@compiled
def _judge(
    gram: Float64Array,
    point: Float64Array,
    tableau: Float64Array,
    free: BoolArray,
    barred: BoolArray,
    scratch: Float64Array,
) -> float:
    """Finds the step's end and the weights that violate a condition; returns OVER if any passes a bound."""
    pull, change, end, wrong = scratch[1], scratch[2], scratch[3], scratch[4]
    worst = FINE_WEIGHT
    for i in range(len(point)):
        wrong[i] = FINE_WEIGHT
        whole = point[i] + change[i] if free[i] else point[i]
        end[i] = min(max(whole, 0.0), 1.0)
        if end[i] != whole:
            wrong[i] = worst = OVER
        elif not free[i] and not barred[i] and tableau[i, i] > DEPENDENT * gram[i, i]:
            inward = -1.0 if point[i] > 0.5 else 1.0
            if (pull[i] - change[i]) * inward > SLACK * tableau[i, i]:
                wrong[i] = FREEABLE
                worst = worst if worst == OVER else FREEABLE
    return worst


@compiled
def _copy(source: Float64Array, to: Float64Array) -> None:
    for i in range(len(source)):
        to[i] = source[i]


@compiled
def _largest(change: Float64Array, free: BoolArray) -> float:
    largest = 0.0
    for i in range(len(change)):
        if free[i]:
            largest = max(largest, abs(change[i]))
    return largest


@compiled
def _stop(point: Float64Array, change: Float64Array, free: BoolArray, wrong: Float64Array) -> int:
    """Goes along the step to the first bound; returns the weight that meets it."""
    first, share = -1, np.inf
    for i in range(len(point)):
        if wrong[i] == OVER:
            own = ((1.0 if change[i] > 0 else 0.0) - point[i]) / change[i]
            if own < share:
                first, share = i, own
    for i in range(len(point)):
        if free[i]:
            point[i] = min(max(point[i] + share * change[i], 0.0), 1.0)
    point[first] = 1.0 if change[first] > 0 else 0.0
    return first


@compiled
def _best(tableau: Float64Array, scratch: Float64Array) -> int:
    """Returns the fixed weight that, freed alone, lowers the cost most."""
    pull, change, wrong = scratch[1], scratch[2], scratch[4]
    best, most = -1, -1.0
    for i in range(len(pull)):
        if wrong[i] == FREEABLE:
            gain = (pull[i] - change[i]) ** 2 / tableau[i, i]
            if gain > most:
                best, most = i, gain
    return best


@compiled
def _flip(tableau: Float64Array, gram: Float64Array, free: BoolArray, index: int) -> int:
    """Frees a fixed weight, or fixes a free one; returns the pivots, none if it depends on the free ones."""
    least = 0.0 if free[index] else DEPENDENT * gram[index, index]
    if tableau[index, index] <= least:
        return 0
    _pivot(tableau, index)
    free[index] = not free[index]
    return 1


@compiled
def _pivot(tableau: Float64Array, index: int) -> None:
    n, pivot = len(tableau), tableau[index, index]
    for i in range(n):
        if i != index:
            share = tableau[i, index] / pivot
            for j in range(n):
                tableau[i, j] -= share * tableau[index, j]
            tableau[i, index] = share
    for j in range(n):
        tableau[index, j] = -tableau[index, j] / pivot
    tableau[index, index] = 1 / pivot


@compiled
def _renew(tableau: Float64Array, gram: Float64Array, free: BoolArray, scratch: Float64Array) -> None:
    """Recomputes the tableau, without the rounding errors of the pivots that led to it."""
    wanted = scratch[0]
    for i in range(len(free)):
        wanted[i] = 1.0 if free[i] else 0.0
        free[i] = False
    for i in range(len(free)):
        _copy(gram[i], tableau[i])
    for i in range(len(free)):
        if wanted[i] != 0.0:
            _flip(tableau, gram, free, i)
