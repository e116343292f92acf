"""Solves for the weights of a face's poses: bounded least squares, with interchangeable solvers."""

from __future__ import annotations

from collections.abc import Callable

from a2f_server.backends.audio2face3d.solver.batched import BatchedSolver
from a2f_server.backends.audio2face3d.solver.contract import Solver, SolverState
from a2f_server.backends.audio2face3d.solver.exact import CompiledSolver, ExactSolver
from a2f_server.backends.audio2face3d.solver.problem import BlendshapeProblem

__all__ = ["SOLVERS", "BlendshapeProblem", "Solver", "SolverState"]

SOLVERS: dict[str, Callable[[BlendshapeProblem], Solver]] = {
    "exact": ExactSolver,
    "compiled": CompiledSolver,
    "batched": BatchedSolver,
}
"""Solvers by their name in A2F_SOLVER."""
