"""The exact solver: finds the optimum, starting from that of the last frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from a2f_server.arrays import BoolArray, Float64Array
from a2f_server.backends.audio2face3d.solver.active_set import ActiveSetSearch
from a2f_server.backends.audio2face3d.solver.compiled_search import CompiledSearch, CompiledState
from a2f_server.backends.audio2face3d.solver.contract import SolverState, frozen, targets
from a2f_server.backends.audio2face3d.solver.problem import BlendshapeProblem
from a2f_server.backends.audio2face3d.solver.search_state import SearchState

AnyState = SearchState | CompiledState


@dataclass(frozen=True, eq=False, slots=True)
class ExactState(SolverState):
    """Weights, and the end of the search for them, before poses that exclude each other were resolved."""

    search: AnyState


class ExactSolver:
    """Finds argmin ½ |A x − b|² over 0 ≤ x ≤ 1, to 1e-9.

    NVIDIA's Audio2Face-3D SDK, blendshape_solver.cpp and bvls.cpp, in float64. A search starts where that of the last
    frame ended: usually few weights have reached or left a bound since then.
    """

    def __init__(self, problem: BlendshapeProblem) -> None:
        """Computes A'A."""
        self.problem = problem
        self._search = self._prepare(ActiveSetSearch(problem.matrix))
        self._start = ExactState(frozen(np.zeros(len(problem.active))), self._search.start())

    def _prepare(self, search: ActiveSetSearch) -> Any:
        """Returns the search to use; both kinds have the same methods."""
        return search

    def start(self) -> SolverState:
        return self._start

    def solve(self, b: Float64Array, states: Sequence[SolverState | None]) -> tuple[Float64Array, list[SolverState]]:
        """Implements `Solver.solve`. Accepts states of another solver, but uses only their weights."""
        if not len(b):
            return b.copy(), []
        known = [state or self._start for state in states]
        target, valid = targets(b, known, self.problem.carry)
        starts = [self._search_of(state) for state in known]
        ends = self._search.minima(target, starts)
        weights = np.array([end.point for end in self._resolved(target, ends)])
        weights[~valid] = np.nan
        rows = zip(weights, ends, valid.tolist(), known, strict=True)
        return weights, [_state(row, end) if fine else old for row, end, fine, old in rows]

    def _search_of(self, state: SolverState) -> AnyState:
        first = self._start.search
        return state.search if isinstance(state, ExactState) and isinstance(state.search, type(first)) else first

    def _resolved(self, target: Float64Array, ends: Sequence[AnyState]) -> list[AnyState]:
        """Solves again with the smaller (if equal, the second) of two poses that exclude each other fixed at 0.

        SDK, blendshape_solver.cpp, which uses a bound of 1e-10 instead of 0.
        """
        found = list(ends)
        for row, end in enumerate(ends if self.problem.pairs else ()):
            excluded = self._excluded(end.point)
            if end.point[excluded].any():
                found[row] = self._search.minima(target[row : row + 1], [end.barring(excluded)])[0]
        return found

    def _excluded(self, point: Float64Array) -> BoolArray:
        excluded = np.zeros(len(point), np.bool_)
        for one, other in self.problem.pairs:
            excluded[other if point[one] >= point[other] else one] = True
        return excluded


class CompiledSolver(ExactSolver):
    """The same in machine code. Raises ValueError with an actionable message without numba."""

    def _prepare(self, search: ActiveSetSearch) -> CompiledSearch:
        return CompiledSearch(search.matrix, search.start())


def _state(weights: Float64Array, end: AnyState) -> ExactState:
    return ExactState(frozen(weights), end.at(frozen(end.point)))
