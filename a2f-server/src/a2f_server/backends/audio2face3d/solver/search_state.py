"""The state of a search for the minimum over the box, and the steps from there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from a2f_server.arrays import BoolArray, Float64Array, Int64Array
from a2f_server.backends.audio2face3d.solver.tableau import Tableau

SLACK = 1e-10
"""A fixed weight is only freed if it would then move by more than this."""


class Bounds(NamedTuple):
    """The bounds that are active, `[..., n]`, for one row or several."""

    free: Float64Array
    """1 for weights between their bounds, 0 for fixed ones."""
    inward: Float64Array
    """Direction from a fixed weight's bound into the box: 1 or −1."""
    slack: Float64Array
    """Gradient up to which a fixed weight stays fixed; infinite for free ones and for those that cannot be freed."""


class SearchStep(NamedTuple):
    """The next step of a search, `[..., n]`, for one row or several."""

    step: Float64Array
    """Step of the free weights to their least-squares solution; 0 for the fixed ones."""
    left: Float64Array
    """Gradient A'(b − A x) of the fixed weights after the step; meaningless for the free ones."""
    end: Float64Array
    """End of the step, clipped to the bounds."""
    over: BoolArray
    """Free weights that the step takes past a bound."""
    freeable: BoolArray
    """Fixed weights whose gradient points into the box."""


def next_step(point: Float64Array, bounds: Bounds, pull: Float64Array, change: Float64Array) -> SearchStep:
    """Returns the step. pull: gradient A'(b − A x); change: the tableau times the free weights' pull. `[..., n]`."""
    step, left = change * bounds.free, pull - change
    whole = point + step
    end = np.minimum(np.maximum(whole, 0.0), 1.0)
    return SearchStep(step, left, end, whole != end, left * bounds.inward > bounds.slack)


@dataclass(frozen=True, eq=False, slots=True)
class SearchState:
    """A point in the box, and the weights that are free there."""

    point: Float64Array
    """`[n]`: fixed weights are exactly 0 or 1, unless they depend on the free ones; free ones lie between."""
    tableau: Tableau
    bounds: Bounds
    barred: BoolArray | None = None
    """`[n]`: weights that must stay fixed; None if there are none."""

    @classmethod
    def of(cls, point: Float64Array, tableau: Tableau, barred: BoolArray | None = None) -> SearchState:
        """Returns the state at a point, with its bounds computed."""
        slack = SLACK * tableau.curvature()
        if barred is not None:
            slack[barred] = np.inf
        inward = np.where(point > 0.5, -1.0, 1.0)
        return cls(point, tableau, Bounds(tableau.free.astype(np.float64), inward, slack), barred)

    def at(self, point: Float64Array) -> SearchState:
        """Returns the state with the same free weights at another point."""
        return SearchState(point, self.tableau, self.bounds, self.barred)

    def pivoted(self, indices: Int64Array, point: Float64Array) -> SearchState:
        """Returns the state at another point, with the weights of `indices` fixed if free, and freed if fixed."""
        return SearchState.of(point, self.tableau.pivoted(indices), self.barred)

    def renewed(self) -> SearchState:
        """Returns the same state with a recomputed tableau."""
        return SearchState.of(self.point, self.tableau.renewed(), self.barred)

    def barring(self, barred: BoolArray) -> SearchState:
        """Returns the state with some weights fixed at 0 for the rest of the search."""
        tableau = self.tableau.pivoted((barred & self.tableau.free).nonzero()[0])
        return SearchState.of(np.where(barred, 0.0, self.point), tableau, barred)

    def leap(self, step: SearchStep) -> SearchState:
        """Goes to the end of the step, and there fixes and frees all weights that violate a condition."""
        return self.pivoted((step.over | step.freeable).nonzero()[0], step.end)

    def walk(self, step: SearchStep) -> SearchState:
        """Goes along the step to the first bound and fixes the weight that meets it. The cost falls.

        If the step meets no bound, goes to its end and frees the fixed weight that, alone, lowers the cost most.
        """
        if step.over.any():
            return self._stopped(step)
        candidates = step.freeable.nonzero()[0]
        gains = step.left[candidates] ** 2 / self.bounds.slack[candidates]
        return self.pivoted(candidates[[np.argmax(gains)]], step.end)

    def _stopped(self, step: SearchStep) -> SearchState:
        over = step.over.nonzero()[0]
        bounds = (step.step[over] > 0).astype(np.float64)
        shares = (bounds - self.point[over]) / step.step[over]
        first = int(np.argmin(shares))
        point = np.clip(self.point + shares[first] * step.step, 0, 1)
        point[over[first]] = bounds[first]
        return self.pivoted(over[[first]], point)
