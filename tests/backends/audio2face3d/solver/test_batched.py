"""The batched solver against its definition, and against the exact solver."""

from __future__ import annotations

import numpy as np
import pytest

from a2f_server.backends.audio2face3d.solver import BlendshapeProblem, batched
from a2f_server.backends.audio2face3d.solver.batched import BatchedSolver
from a2f_server.backends.audio2face3d.solver.comparison import SolverDifference, solved
from a2f_server.backends.audio2face3d.solver.exact import ExactSolver
from tests.backends.audio2face3d.solver import heads


def test_it_follows_its_definition_from_frame_to_frame() -> None:
    one = heads.problem(1, 12)
    a = one.matrix
    w = batched.STIFFNESS * np.sqrt(np.diag(a.T @ a))
    step = np.linalg.inv(a.T @ a + np.diag(w**2))
    z, u = None, np.zeros(12)
    frames = heads.frames(one, 5, 1)
    for b, found in zip(frames, solved(BatchedSolver(one), frames), strict=True):
        target = b + one.carry * (np.zeros(12) if z is None else z)
        z = np.clip(np.linalg.inv(a) @ target, 0, 1) if z is None else z
        for _ in range(batched.UPDATES):
            x = 1.6 * step @ (w**2 * (z - u) + a.T @ target) - 0.6 * z
            z, u = np.clip(x + u, 0, 1), x + u - np.clip(x + u, 0, 1)
        assert found == pytest.approx(z, abs=1e-5)


def test_it_equals_the_exact_solver_between_the_bounds() -> None:
    one = heads.problem(1, 12)
    b = one.matrix @ np.linspace(0.2, 0.8, 12)
    assert BatchedSolver(one).solve(b[None], [None])[0][0] == pytest.approx(np.linspace(0.2, 0.8, 12), abs=1e-5)


def test_it_converges_to_the_exact_solution(monkeypatch: pytest.MonkeyPatch) -> None:
    one = heads.problem(1, 12)
    b = heads.frames(one, 20, 1)
    near = SolverDifference.of(BatchedSolver(one), ExactSolver(one), b)
    monkeypatch.setattr(batched, "UPDATES", 3000)
    monkeypatch.setattr(batched, "STIFFNESS", 0.25)
    assert SolverDifference.of(BatchedSolver(one), ExactSolver(one), b).largest < 1e-4
    assert near.mean < 0.05


def test_linearly_dependent_poses_are_solved() -> None:
    part = heads.part(l2=0.0, l1=0.0, temporal=0.0)
    part.shapes.deltas[1] = part.shapes.deltas[0]
    part.shapes.deltas[2] = 0.0
    one = BlendshapeProblem.of(part)
    weights = solved(BatchedSolver(one), heads.frames(one, 20))
    assert np.isfinite(weights).all()
