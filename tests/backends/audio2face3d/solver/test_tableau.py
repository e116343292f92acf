"""Pivoting a tableau, against computing it from its definition."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from a2f_server.backends.audio2face3d.solver.tableau import RENEWAL, Tableau
from tests.backends.audio2face3d.solver import heads


def gram(seed: int = 0) -> np.ndarray:
    matrix = heads.problem(seed).matrix
    return matrix @ matrix


def expected(g: np.ndarray, free: np.ndarray) -> np.ndarray:
    f, b = np.flatnonzero(free), np.flatnonzero(~free)
    out = np.empty_like(g)
    inverse = np.linalg.inv(g[np.ix_(f, f)])
    out[np.ix_(f, f)] = inverse
    out[np.ix_(b, f)] = g[np.ix_(b, f)] @ inverse
    out[np.ix_(f, b)] = -inverse @ g[np.ix_(f, b)]
    out[np.ix_(b, b)] = g[np.ix_(b, b)] - g[np.ix_(b, f)] @ inverse @ g[np.ix_(f, b)]
    return out


@given(st.lists(st.integers(0, 7), min_size=1, max_size=40), st.integers(0, 5))
def test_pivoting_equals_the_definition(pivots: list[int], seed: int) -> None:
    g = gram(seed)
    tableau = Tableau.of(g).pivoted(np.array(pivots))
    free = np.bincount(pivots, minlength=8) % 2 == 1
    assert np.array_equal(tableau.free, free)
    assert np.allclose(tableau.matrix, expected(g, free), rtol=1e-8, atol=1e-12 * g.max())


def test_pivoting_does_not_modify_the_original() -> None:
    tableau = Tableau.of(gram())
    before = tableau.matrix.copy()
    tableau.pivoted(np.array([1, 3]))
    assert np.array_equal(tableau.matrix, before)
    assert not tableau.free.any()


def test_it_is_recomputed_after_many_pivots() -> None:
    tableau = Tableau.of(gram())
    for k in range(RENEWAL):
        tableau = tableau.pivoted(np.array([k % 8]))
    assert tableau.pivots == 0
    assert np.array_equal(tableau.matrix, Tableau.of(gram()).pivoted(np.flatnonzero(tableau.free)).matrix)


def test_dependent_unknowns_cannot_be_freed() -> None:
    columns = np.random.default_rng(0).normal(size=(9, 4))
    columns[:, 3] = columns[:, 0] + columns[:, 1]
    tableau = Tableau.of(columns.T @ columns).pivoted(np.array([0, 1, 3]))
    assert tableau.free.tolist() == [True, True, False, False]
    assert np.isinf(tableau.curvature()).tolist() == [True, True, False, True]
    assert np.isfinite(tableau.matrix).all()
