"""Where a search for the minimum stands, and where it goes from there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from a2f_server.backends.audio2face3d.solver.contract import Floats, Mask
from a2f_server.backends.audio2face3d.solver.tableau import Tableau

Indices = NDArray[np.int64]

SLACK = 1e-10
"""A fixed weight stays where it is unless, let go alone, it would move by more than this."""


class Bounds(NamedTuple):
    """What holds each weight, `[..., n]`: of one row, or of many."""

    free: Floats
    """1 for those between their bounds, 0 for fixed ones."""
    inward: Floats
    """The way from a fixed weight's bound into the box: 1 or −1."""
    slack: Floats
    """The pull that a fixed weight withstands; endless for free ones and for those that cannot be freed."""


class View(NamedTuple):
    """What is seen from where a search stands, `[..., n]`: of one row, or of many."""

    step: Floats
    """Of the free weights to their least squares; 0 for the fixed ones."""
    left: Floats
    """The pull, A'(b − A x), that is left on the fixed ones after the step; nothing of use for the free ones."""
    end: Floats
    """Where the step ends, put back between the bounds."""
    over: Mask
    """Weights that the step takes past a bound."""
    wanting: Mask
    """Fixed weights that are pulled into the box."""


def view(point: Floats, bounds: Bounds, pull: Floats, change: Floats) -> View:
    """pull: A'(b − A x); change: what the tableau makes of the pull on the free weights. All `[..., n]`."""
    step, left = change * bounds.free, pull - change
    whole = point + step
    end = np.minimum(np.maximum(whole, 0.0), 1.0)
    return View(step, left, end, whole != end, left * bounds.inward > bounds.slack)


@dataclass(frozen=True, eq=False, slots=True)
class Stand:
    """A place in the box, and which weights are free there."""

    point: Floats
    """`[n]`: fixed weights exactly 0 or 1, except those that the free ones make up; free ones between."""
    tableau: Tableau
    bounds: Bounds
    barred: Mask | None = None
    """`[n]` weights that must stay fixed, if there are any."""

    @classmethod
    def of(cls, point: Floats, tableau: Tableau, barred: Mask | None = None) -> Stand:
        """With the bounds that follow."""
        slack = SLACK * tableau.withstood()
        if barred is not None:
            slack[barred] = np.inf
        inward = np.where(point > 0.5, -1.0, 1.0)
        return cls(point, tableau, Bounds(tableau.free.astype(np.float64), inward, slack), barred)

    def at(self, point: Floats) -> Stand:
        """The same weights free, elsewhere."""
        return Stand(point, self.tableau, self.bounds, self.barred)

    def turned(self, indices: Indices, point: Floats) -> Stand:
        """Elsewhere, some free weights fixed, some fixed ones freed."""
        return Stand.of(point, self.tableau.turned(indices), self.barred)

    def renewed(self) -> Stand:
        """The same, its tableau worked out afresh."""
        return Stand.of(self.point, self.tableau.renewed(), self.barred)

    def barring(self, barred: Mask) -> Stand:
        """The same with some weights fixed at 0 for good."""
        tableau = self.tableau.turned((barred & self.tableau.free).nonzero()[0])
        return Stand.of(np.where(barred, 0.0, self.point), tableau, barred)

    def leap(self, seen: View) -> Stand:
        """To the end of the step; everything that is wrong there is turned at once."""
        return self.turned((seen.over | seen.wanting).nonzero()[0], seen.end)

    def walk(self, seen: View) -> Stand:
        """Along the step to the first bound, and what meets it is fixed there; where there is none to meet, to the end,
        and the fixed weight that lowers the cost most, freed alone, is freed. The cost falls."""
        if seen.over.any():
            return self._stopped(seen)
        places = seen.wanting.nonzero()[0]
        gains = seen.left[places] ** 2 / self.bounds.slack[places]
        return self.turned(places[[np.argmax(gains)]], seen.end)

    def _stopped(self, seen: View) -> Stand:
        places = seen.over.nonzero()[0]
        bounds = (seen.step[places] > 0).astype(np.float64)
        shares = (bounds - self.point[places]) / seen.step[places]
        first = int(np.argmin(shares))
        point = np.clip(self.point + shares[first] * seen.step, 0, 1)
        point[places[first]] = bounds[first]
        return self.turned(places[[first]], point)
