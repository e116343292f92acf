"""The contract that both solvers keep."""

from __future__ import annotations

import numpy as np
import pytest

from a2f_server.backends.audio2face3d.solver import SOLVERS, BlendshapeProblem, Solver
from a2f_server.backends.audio2face3d.solver.comparison import solved
from a2f_server.backends.audio2face3d.solver.contract import LARGEST
from tests.backends.audio2face3d.solver import heads

MIRROR = np.array([0, 0, 1, 1, *[-1] * 16])
CANCEL = np.array([*[-1] * 10, 0, 0, 1, 1, *[-1] * 6])


@pytest.fixture(params=SOLVERS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def together(solver: Solver, batch: np.ndarray) -> np.ndarray:
    """Returns the weights of streams solved side by side, `[streams, T, n]`."""
    states = [solver.start() for _ in batch]
    out = np.empty_like(batch)
    for k in range(batch.shape[1]):
        out[:, k], states = solver.solve(np.ascontiguousarray(batch[:, k]), states)
    return out


def batch(one: BlendshapeProblem, voices: int = 9, count: int = 15) -> np.ndarray:
    return np.stack([heads.frames(one, count, seed, scale=0.3 + 0.3 * seed) for seed in range(voices)])


@pytest.mark.parametrize("cancel", [np.full(20, -1), CANCEL], ids=["plain", "cancelling"])
@pytest.mark.parametrize("voices", [2, 3, 4, 5, 9, 33])
def test_bits_depend_on_neither_batch_nor_order(name: str, voices: int, cancel: np.ndarray) -> None:
    one = heads.problem(4, 20, mirror=MIRROR, cancel=cancel)
    solver = SOLVERS[name](one)
    b = batch(one, voices)
    company = together(solver, b)
    for row, weights in zip(b, company, strict=True):
        assert np.array_equal(solved(solver, row), weights)
    order = np.random.default_rng(0).permutation(voices)
    assert np.array_equal(together(solver, b[order]), company[order])
    assert np.array_equal(together(SOLVERS[name](one), b), company), "another solver of the same poses"


@pytest.mark.parametrize("size", [39, 43, 52])
def test_bits_do_not_depend_on_the_batch_for_a_whole_face_either(name: str, size: int) -> None:
    one = heads.problem(6, size)
    solver = SOLVERS[name](one)
    b = batch(one, 7, 6)
    for row, weights in zip(b, together(solver, b), strict=True):
        assert np.array_equal(solved(solver, row), weights)


def test_weights_are_within_their_bounds(name: str) -> None:
    one = heads.problem(4, 20)
    weights = together(SOLVERS[name](one), batch(one))
    assert weights.min() >= 0
    assert weights.max() <= 1


def test_a_face_at_rest_has_no_weights(name: str) -> None:
    one = heads.problem()
    assert not solved(SOLVERS[name](one), np.zeros((3, 8))).any()


@pytest.mark.parametrize("pose", range(8))
def test_a_single_pose_is_recovered(name: str, pose: int) -> None:
    one = heads.problem(l1=0.0, temporal=0.0, l2=0.01)
    weights = solved(SOLVERS[name](one), (one.deltas.T @ one.deltas[:, pose])[None])[0]
    assert weights[pose] > 0.99
    assert np.delete(weights, pose).max() < 0.01


def test_one_side_of_a_mirrored_pair_is_split_between_both(name: str) -> None:
    deltas = np.random.default_rng(0).normal(0, 0.2, (8, heads.VERTICES, 3)).astype(np.float32)
    one_sided = {
        symmetry: heads.problem(
            deltas=deltas, symmetry=symmetry, temporal=0.0, l2=0.01, mirror=np.array([0, 0, *[-1] * 6])
        )
        for symmetry in (0.0, 100.0)
    }
    free, held = (solved(SOLVERS[name](one), (one.deltas.T @ one.deltas[:, 0])[None])[0] for one in one_sided.values())
    assert free[0] - free[1] > 0.5
    assert 0 < held[0] - held[1] < 0.05


def test_of_two_poses_that_exclude_each_other_the_smaller_is_zero(name: str) -> None:
    one = heads.problem(cancel=np.array([0, 0, 1, 1, -1, -1, -1, -1]))
    wanted = np.array([0.3, 0.6, 0.5, 0.2, 0.4, 0.0, 0.0, 0.0])
    b = one.deltas.T @ (one.deltas @ wanted)
    weights = solved(SOLVERS[name](one), b[None])[0]
    assert weights[[0, 3]].max() <= 1e-10
    upper = np.array([1e-10, 1, 1, 1e-10, 1, 1, 1, 1])
    close = 1e-9 if name == "exact" else 0.1
    assert weights == pytest.approx(heads.reference(one, b, upper), abs=close)


def test_sequences_with_excluded_poses_are_solved_twice_per_frame(name: str) -> None:
    one = heads.problem(4, 20, cancel=CANCEL, temporal=2.0)
    b, before = heads.frames(one, 25, 4), np.zeros(20)
    plain = heads.problem(4, 20, temporal=2.0)
    for row, weights in zip(b, solved(SOLVERS[name](one), b), strict=True):
        target = row + one.carry * before
        first, _ = SOLVERS[name](plain).solve(target[None], [None])
        upper = np.ones(20)
        for left, right in one.pairs:
            upper[right if first[0, left] >= first[0, right] else left] = 1e-10
        assert (weights[upper < 1] <= 1e-10).all()
        if name == "exact":
            assert weights == pytest.approx(heads.reference(one, target, upper), abs=1e-9)
        before = weights


def test_the_carry_is_a_hundredth_of_the_temporal_term(name: str) -> None:
    one = heads.problem(temporal=1.0, l1=0.0)
    still = np.full(8, 0.5)
    b = one.deltas.T @ (one.deltas @ still)
    frames = np.repeat(b[None], 3, axis=0)
    weights = solved(SOLVERS[name](one), frames)
    first = np.linalg.solve(one.matrix, b)
    second = np.linalg.solve(one.matrix, b + one.scale * 1.0 * first)
    close = 1e-9 if name == "exact" else 1e-6
    assert weights[0] == pytest.approx(first, abs=close)
    assert weights[1] == pytest.approx(second, abs=close)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300, 10 * LARGEST])
def test_an_invalid_row_is_nan_and_does_not_affect_others(name: str, bad: float) -> None:
    one = heads.problem(4, 20)
    solver = SOLVERS[name](one)
    b = batch(one, 6, 2)
    expected = together(solver, b)
    _, states = solver.solve(b[:, 0].copy(), [None] * 6)
    broken = b[:, 1].copy()
    broken[2, 3] = bad
    weights, after = solver.solve(broken, states)
    others = [0, 1, 3, 4, 5]
    assert np.isnan(weights[2]).all()
    assert np.array_equal(weights[others], expected[others, 1])
    assert after[2] is states[2]


def test_the_largest_valid_input_is_solved(name: str) -> None:
    one = heads.problem(4, 20)
    b = np.random.default_rng(0).uniform(-0.9, 0.9, (8, 20)) * LARGEST
    weights, _ = SOLVERS[name](one).solve(b, [None] * 8)
    assert ((weights >= 0) & (weights <= 1)).all()


def test_states_cannot_be_written_to_and_going_back_to_one_repeats_it(name: str) -> None:
    one = heads.problem(4, 20)
    solver = SOLVERS[name](one)
    b = heads.frames(one, 6)
    _, (early,) = solver.solve(b[:1], [None])
    once, (state,) = solver.solve(b[1:2], [early])
    with pytest.raises(ValueError, match="read-only"):
        state.weights[0] = 1.0
    solver.solve(b[2:3], [state])
    again, _ = solver.solve(b[1:2], [early])
    assert np.array_equal(once, again)


def test_returned_weights_may_be_modified(name: str) -> None:
    one = heads.problem()
    solver = SOLVERS[name](one)
    weights, (state,) = solver.solve(heads.frames(one, 1), [None])
    kept = state.weights.copy()
    weights[:] = 9.0
    assert np.array_equal(state.weights, kept)


def test_an_empty_batch_is_valid(name: str) -> None:
    weights, states = SOLVERS[name](heads.problem()).solve(np.empty((0, 8)), [])
    assert weights.shape == (0, 8)
    assert states == []


def test_a_single_active_pose_is_enough(name: str) -> None:
    one = heads.problem(active=np.arange(8) == 3, temporal=0.0, l1=0.0, l2=0.0)
    weights = solved(SOLVERS[name](one), np.array([[0.5], [2.0], [-1.0]]) * one.matrix[0])
    assert weights[:, 0] == pytest.approx([0.5, 1.0, 0.0], abs=1e-9)
