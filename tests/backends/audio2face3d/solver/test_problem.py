"""The solver's matrices against their definitions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from a2f_server.backends.audio2face3d.solver import BlendshapeProblem
from a2f_server.backends.audio2face3d.solver.problem import pairs
from tests.backends.audio2face3d.solver import heads


def test_rows_are_the_vertices_of_the_mask_in_order() -> None:
    part = heads.part()
    part = replace(part, shapes=replace(part.shapes, mask=np.array([5, 2, 7])))
    one = BlendshapeProblem.of(part)
    assert one.rows.tolist() == [5, 2, 7]
    assert np.array_equal(one.deltas[:, 3], part.shapes.deltas[3, [5, 2, 7]].reshape(-1))
    assert np.array_equal(one.neutral, part.shapes.neutral[[5, 2, 7]].reshape(-1))
    assert one.deltas.dtype == one.neutral.dtype == one.matrix.dtype == np.float64


def test_without_a_mask_all_vertices_count() -> None:
    part = heads.part()
    one = BlendshapeProblem.of(replace(part, shapes=replace(part.shapes, mask=None)))
    assert one.deltas.shape == (3 * heads.VERTICES, heads.POSES)


def test_only_active_poses_are_columns() -> None:
    active = np.array([1, 0, 1, 1, 0, 0, 1, 0], bool)
    part = heads.part(active=active)
    one = BlendshapeProblem.of(part)
    assert one.active.tolist() == [0, 2, 3, 6]
    assert np.array_equal(one.deltas[:, 1], part.shapes.deltas[2][one.rows].reshape(-1))
    assert one.names == part.shapes.names


def test_the_matrix_is_the_square_plus_regularisation() -> None:
    mirror = np.array([0, 0, 1, -1, -1, -1, 1, -1])
    part = heads.part(l1=0.5, l2=0.7, temporal=0.3, symmetry=100.0, mirror=mirror)
    one = BlendshapeProblem.of(part)
    s = one.scale
    rows = np.zeros((2, 8))
    rows[0, [0, 1]] = rows[1, [2, 6]] = 1, -1
    expected = one.deltas.T @ one.deltas + 0.25 * s * 0.25 * np.ones((8, 8))
    expected += (10 * s * 0.7 + 100 * s * 0.3) * np.eye(8) + 10 * s * 100 * rows.T @ rows
    assert np.allclose(one.matrix, expected, rtol=1e-12)
    assert np.array_equal(one.matrix, one.matrix.T)


def test_the_scale_is_that_of_the_whole_head_not_of_the_mask() -> None:
    part = heads.part(template_size=20.0)
    box = np.ptp(part.shapes.neutral.astype(float), axis=0)
    assert BlendshapeProblem.of(part).scale == pytest.approx((box**2).sum() / 400)


def test_the_carry_lacks_the_factor_100_of_the_matrix() -> None:
    one = heads.problem(temporal=0.3)
    assert one.carry == pytest.approx(0.3 * one.scale)


def test_a_number_that_occurs_twice_makes_a_pair() -> None:
    assert pairs([0, 1, 0, 2, 2, 2, 1, 5]) == ((0, 2), (1, 6))


def test_pairs_are_counted_among_active_poses() -> None:
    active = np.array([1, 1, 0, 1, 1, 0, 0, 0], bool)
    one = heads.problem(active=active, cancel=np.array([3, -1, 3, 3, -1, 4, 4, -1]))
    # the two of 3 are the active ones; and -1, of which two are active, is no exception
    assert one.pairs == ((0, 2), (1, 3))


def test_multipliers_and_offsets_apply_to_all_poses_without_clamping() -> None:
    active = np.array([1, 0, 1, 0, 0, 0, 0, 1], bool)
    one = heads.problem(active=active, multipliers=np.arange(8.0), offsets=np.full(8, 0.25))
    weights = one.weights(np.array([[1.0, 1.0, 1.0], [0.0, 0.5, -0.5]]))
    assert weights[0].tolist() == [0.25, 0.25, 2.25, 0.25, 0.25, 0.25, 0.25, 7.25]
    assert weights[1].tolist() == [0.25, 0.25, 1.25, 0.25, 0.25, 0.25, 0.25, -3.25]


def test_weights_keep_every_leading_axis() -> None:
    assert heads.problem().weights(np.zeros((2, 3, 8))).shape == (2, 3, 8)
    assert heads.problem().weights(np.zeros(8)).shape == (8,)


def test_no_active_pose_is_an_error() -> None:
    with pytest.raises(ValueError, match="no pose is active"):
        heads.problem(active=np.zeros(8, bool))


def test_poses_that_are_not_finite_are_an_error() -> None:
    part = heads.part()
    part.shapes.deltas[2] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        BlendshapeProblem.of(part)
