from __future__ import annotations

import numpy as np
import pytest

from a2f_server.backends.audio2face3d.solver.batched import BatchedSolver
from a2f_server.backends.audio2face3d.solver.comparison import SolverDifference, solved
from a2f_server.backends.audio2face3d.solver.exact import ExactSolver
from tests.backends.audio2face3d.solver import heads


def test_a_solver_does_not_differ_from_itself() -> None:
    one = heads.problem()
    assert SolverDifference.of(ExactSolver(one), ExactSolver(one), heads.frames(one, 10)) == SolverDifference(0.0, 0.0)


def test_it_compares_the_sequences_of_both_solvers() -> None:
    one = heads.problem(2, 20)
    b = heads.frames(one, 40, 2, scale=2.0)
    apart = np.abs(solved(ExactSolver(one), b) - solved(BatchedSolver(one), b))
    found = SolverDifference.of(ExactSolver(one), BatchedSolver(one), b)
    assert found.largest == pytest.approx(apart.max())
    assert found.mean == pytest.approx(apart.mean())
    assert 0 < found.mean < found.largest


def test_no_frames_do_not_differ() -> None:
    one = heads.problem()
    assert SolverDifference.of(ExactSolver(one), BatchedSolver(one), np.empty((0, 8))) == SolverDifference(0.0, 0.0)
