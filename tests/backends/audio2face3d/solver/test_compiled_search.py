"""The search in machine code finds what the one in numpy finds."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from a2f_server.backends.audio2face3d.solver import BlendshapeProblem, search_kernel
from a2f_server.backends.audio2face3d.solver.comparison import solved
from a2f_server.backends.audio2face3d.solver.exact import CompiledSolver, ExactSolver
from tests.backends.audio2face3d.solver import heads

MIRROR = np.array([0, 0, 1, 1, *[-1] * 20])


@pytest.mark.parametrize("scale", [0.5, 1.5, 10.0])
def test_a_sequence_gives_the_same_weights(scale: float) -> None:
    """Long enough for the tableau to be renewed."""
    one = heads.problem(8, 24, mirror=MIRROR)
    frames = heads.frames(one, 200, 8, scale=scale)
    assert solved(CompiledSolver(one), frames) == pytest.approx(solved(ExactSolver(one), frames), abs=1e-9)


@pytest.mark.parametrize("leaps", [0, 1, 2])
def test_it_walks_to_the_same_minimum(monkeypatch: pytest.MonkeyPatch, leaps: int) -> None:
    one = heads.problem(8, 24, mirror=MIRROR)
    solver = CompiledSolver(one)
    monkeypatch.setattr(search_kernel, "LEAPS", leaps)
    monkeypatch.setattr(solver._search, "_search", search_kernel.search.py_func)  # type: ignore[attr-defined]
    targets = heads.frames(one, 10, 8, scale=3.0)
    weights, _ = solver.solve(targets, [None] * 10)
    for row, found in zip(targets, weights, strict=True):
        assert found == pytest.approx(heads.reference(one, row), abs=1e-9)


def test_a_state_of_the_other_search_counts_as_weights_only() -> None:
    one = heads.problem(8, 24)
    first, second = heads.frames(one, 2, 8)
    for mine, other in ((CompiledSolver, ExactSolver), (ExactSolver, CompiledSolver)):
        _, states = other(one).solve(first[None], [None])
        weights, _ = mine(one).solve(second[None], states)
        assert weights == pytest.approx(solved(mine(one), np.stack([first, second]))[1:], abs=1e-9)


def test_states_do_not_change() -> None:
    one = heads.problem(8, 24)
    solver, (first, second) = CompiledSolver(one), heads.frames(one, 2, 8)
    _, states = solver.solve(first[None], [None])
    again = [solver.solve(second[None], states)[0] for _ in range(2)]
    assert np.array_equal(*again)


def test_without_numba_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    one: BlendshapeProblem = heads.problem(8, 24)
    monkeypatch.delitem(sys.modules, search_kernel.__name__)
    monkeypatch.delattr("a2f_server.backends.audio2face3d.solver.search_kernel")
    monkeypatch.delitem(sys.modules, "a2f_server.compiled", raising=False)
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(ValueError, match=r"A2F_SOLVER=compiled needs the module numba.*a2f-server\[solver\]"):
        CompiledSolver(one)
