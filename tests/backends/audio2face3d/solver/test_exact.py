"""The exact solver against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server.backends.audio2face3d.solver import BlendshapeProblem
from a2f_server.backends.audio2face3d.solver.batched import BatchedSolver
from a2f_server.backends.audio2face3d.solver.comparison import solved
from a2f_server.backends.audio2face3d.solver.exact import ExactSolver
from a2f_server.backends.audio2face3d.solver.tableau import RENEWAL
from tests.backends.audio2face3d.solver import heads

CLOSE = 1e-9


def alone(one: BlendshapeProblem, b: np.ndarray) -> np.ndarray:
    """Solves a first frame."""
    return ExactSolver(one).solve(b[None], [None])[0][0]


@given(
    seed=st.integers(0, 10_000),
    poses=st.integers(1, 24),
    scale=st.floats(0.01, 20),
    l2=st.sampled_from([0.01, 0.1, 0.5, 3.5]),
)
def test_a_frame_equals_scipys_solution(seed: int, poses: int, scale: float, l2: float) -> None:
    # numbers that occur once make no pair; -1 would, where just two poses have it
    one = heads.problem(seed, poses, l2=l2, mirror=np.arange(poses), cancel=np.arange(poses))
    for b in heads.frames(one, 3, seed, scale):
        assert alone(one, b) == pytest.approx(heads.reference(one, b), abs=CLOSE)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000), temporal=st.sampled_from([0.0, 0.05, 5.0]))
def test_a_sequence_equals_scipys_solution_with_the_carry(seed: int, temporal: float) -> None:
    mirror = np.array([0, 0, 1, 1, *[-1] * 12])
    one = heads.problem(seed, 16, temporal=temporal, mirror=mirror)
    b, before = heads.frames(one, 20, seed), np.zeros(16)
    for row, weights in zip(b, solved(ExactSolver(one), b), strict=True):
        expected = heads.reference(one, row + one.scale * temporal * before)
        assert weights == pytest.approx(expected, abs=CLOSE)
        before = weights


def test_warm_and_cold_starts_agree() -> None:
    one = heads.problem(3, 30, temporal=0.0)
    b = heads.frames(one, 60, 3)
    warm = solved(ExactSolver(one), b)
    cold = np.stack([alone(one, row) for row in b])
    assert np.abs(warm - cold).max() < CLOSE
    assert ((warm > 0) & (warm < 1)).any(axis=0).sum() > 15


def test_only_the_weights_of_another_solvers_state_are_used() -> None:
    one = heads.problem(temporal=1.0)
    b = heads.frames(one, 2)
    _, states = BatchedSolver(one).solve(b[:1], [None])
    weights, _ = ExactSolver(one).solve(b[1:], states)
    assert weights[0] == pytest.approx(heads.reference(one, b[1] + one.carry * states[0].weights), abs=CLOSE)


def test_errors_do_not_accumulate_over_thousands_of_frames() -> None:
    one = heads.problem(5, 20)
    steps = np.random.default_rng(5).integers(0, 12, 3000)
    b = heads.frames(one, 12, 5, scale=2.0)
    weights = solved(ExactSolver(one), b[steps])
    assert weights[-1] == pytest.approx(heads.reference(one, b[steps[-1]] + one.carry * weights[-2]), abs=CLOSE)


@pytest.mark.parametrize("strength", [0.0, 1e-5, 1e-3])
def test_dependent_poses_cost_no_more_than_scipys_solution(strength: float) -> None:
    part = heads.part(7, 12, l1=0.0, l2=strength, temporal=0.0)
    part.shapes.deltas[1] = part.shapes.deltas[0]
    part.shapes.deltas[5] = part.shapes.deltas[3] + part.shapes.deltas[4]
    part.shapes.deltas[9] = 0.0
    one = BlendshapeProblem.of(part)
    b = heads.frames(one, 40, 7)
    for row, weights in zip(b, solved(ExactSolver(one), b), strict=True):
        assert ((weights >= 0) & (weights <= 1)).all()
        best = heads.cost(one, row, heads.reference(one, row))
        assert heads.cost(one, row, weights) <= best + 1e-9 * (row @ row)


def test_a_face_with_more_poses_than_pivots_between_renewals() -> None:
    one = heads.problem(1, RENEWAL + 20)
    for b in heads.frames(one, 3, 1):
        assert alone(one, b) == pytest.approx(heads.reference(one, b), abs=CLOSE)


def test_identical_poses_share_the_weight() -> None:
    part = heads.part(temporal=0.0, l2=0.01)
    part.shapes.deltas[1] = part.shapes.deltas[0]
    one = BlendshapeProblem.of(part)
    weights = alone(one, one.deltas.T @ (0.8 * one.deltas[:, 0]))
    assert weights[0] == pytest.approx(weights[1], abs=CLOSE)
    assert weights[0] == pytest.approx(0.4, abs=0.01)


def test_all_at_the_upper_bound() -> None:
    one = heads.problem()
    b = one.matrix @ np.full(8, 3.0)
    assert np.array_equal(alone(one, b), heads.reference(one, b).round(12))
    assert np.array_equal(alone(one, -b), np.zeros(8))


def test_a_pose_without_a_delta_stays_at_0() -> None:
    part = heads.part(l1=0.0)
    part.shapes.deltas[7] = 0.0
    one = BlendshapeProblem.of(part)
    assert (solved(ExactSolver(one), heads.frames(one, 30))[:, 7] == 0).all()


def test_bounds_are_met_exactly() -> None:
    one = heads.problem(2, 20)
    weights = solved(ExactSolver(one), heads.frames(one, 50, 2, scale=3.0))
    assert weights.min() == 0
    assert weights.max() == 1
