"""The two search strategies, and rows side by side or one by one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from a2f_server.backends.audio2face3d.solver import BlendshapeProblem, active_set
from a2f_server.backends.audio2face3d.solver.active_set import ActiveSetSearch
from a2f_server.backends.audio2face3d.solver.search_state import SearchState, SearchStep
from tests.backends.audio2face3d.solver import heads


def points(one: BlendshapeProblem, targets: np.ndarray) -> np.ndarray:
    """Solves rows side by side, from the start state."""
    search = ActiveSetSearch(one.matrix)
    return np.stack([stand.point for stand in search.minima(targets, [search.start()] * len(targets))])


@pytest.mark.parametrize("leaps", [0, 1, 2, 8])
def test_walking_and_leaping_find_the_same_minimum(monkeypatch: pytest.MonkeyPatch, leaps: int) -> None:
    monkeypatch.setattr(active_set, "LEAPS", leaps)
    one = heads.problem(8, 24, mirror=np.array([0, 0, 1, 1, *[-1] * 20]))
    targets = heads.frames(one, 30, 8, scale=1.5)
    for row, point in zip(targets, points(one, targets), strict=True):
        assert point == pytest.approx(heads.reference(one, row), abs=1e-9)


def test_each_step_of_a_walk_lowers_the_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    one = heads.problem(8, 24)
    target, costs = heads.frames(one, 1, 8, scale=3.0)[0], []
    walk = SearchState.walk

    def watched(stand: SearchState, seen: SearchStep) -> SearchState:
        costs.append(heads.cost(one, target, stand.point))
        return walk(stand, seen)

    monkeypatch.setattr(active_set, "LEAPS", 0)
    monkeypatch.setattr(SearchState, "walk", watched)
    points(one, target[None])
    assert len(costs) > 5
    assert (np.diff(costs) <= 1e-9 * costs[0]).all()


@pytest.mark.parametrize("few", [1, 5, 100])
def test_rows_have_the_same_bits_side_by_side_and_one_by_one(monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    one = heads.problem(8, 52)
    targets = heads.frames(one, 12, 8, scale=1.5)
    expected = points(one, targets)
    monkeypatch.setattr(active_set, "FEW", few)
    assert np.array_equal(points(one, targets), expected)


def test_barred_weights_stay_at_0() -> None:
    one = heads.problem(8, 24)
    targets = heads.frames(one, 10, 8)
    search, barred = ActiveSetSearch(one.matrix), np.arange(24) % 3 == 0
    first = search.minima(targets, [search.start()] * 10)
    second = search.minima(targets, [stand.barring(barred) for stand in first])
    for row, stand in zip(targets, second, strict=True):
        assert not stand.point[barred].any()
        without = lsq_linear(one.matrix[:, ~barred], row, (0, 1), method="bvls", tol=1e-14)
        assert stand.point[~barred] == pytest.approx(without.x, abs=1e-9)
