"""From what a face should look like to the weights of its poses: bounded least squares, solved in two ways."""

from __future__ import annotations

from collections.abc import Callable

from a2f_server.backends.audio2face3d.solver.batched import Batched
from a2f_server.backends.audio2face3d.solver.contract import Solved, Solver
from a2f_server.backends.audio2face3d.solver.exact import Exact
from a2f_server.backends.audio2face3d.solver.prepare import Prepared

__all__ = ["SOLVERS", "Prepared", "Solved", "Solver"]

SOLVERS: dict[str, Callable[[Prepared], Solver]] = {"exact": Exact, "batched": Batched}
"""By the name that a setting has for it."""
