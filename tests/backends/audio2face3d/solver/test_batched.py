"""The solver of few steps against its definition, and against the exact one."""

from __future__ import annotations

import numpy as np
import pytest

from a2f_server.backends.audio2face3d.solver import Prepared, batched
from a2f_server.backends.audio2face3d.solver.batched import Batched
from a2f_server.backends.audio2face3d.solver.difference import Difference, solved
from a2f_server.backends.audio2face3d.solver.exact import Exact
from tests.backends.audio2face3d.solver import heads


def test_it_takes_the_four_steps_of_its_definition() -> None:
    one = heads.prepared(1, 12)
    a, b = one.matrix, heads.frames(one, 1, 1)[0]
    w = 0.25 * np.sqrt(np.diag(a.T @ a))
    z, u = np.clip(np.linalg.inv(a) @ b, 0, 1), np.zeros(12)
    for _ in range(4):
        x = np.linalg.inv(a.T @ a + np.diag(w**2)) @ (w**2 * (z - u) + a.T @ b)
        z = np.clip(u + x, 0, 1)
        u = u + 1.9 * (x - z)
    assert Batched(one).solve(b[None], [None])[0][0] == pytest.approx(z, abs=1e-12)


def test_it_finds_what_the_exact_one_finds_where_no_bound_is_met() -> None:
    one = heads.prepared(1, 12)
    b = one.matrix @ np.linspace(0.2, 0.8, 12)
    assert Batched(one).solve(b[None], [None])[0][0] == pytest.approx(np.linspace(0.2, 0.8, 12), abs=1e-9)


def test_with_many_more_steps_it_comes_to_the_exact_ones_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    one = heads.prepared(1, 12)
    b = heads.frames(one, 20, 1)
    near = Difference.of(Batched(one), Exact(one), b)
    monkeypatch.setattr(batched, "UPDATES", 3000)
    assert Difference.of(Batched(one), Exact(one), b).largest < 1e-6
    assert near.mean < 0.05


def test_poses_of_which_one_is_two_others_are_no_trouble() -> None:
    part = heads.part(l2=0.0, l1=0.0, temporal=0.0)
    part.shapes.deltas[1] = part.shapes.deltas[0]
    part.shapes.deltas[2] = 0.0
    one = Prepared.of(part)
    weights = solved(Batched(one), heads.frames(one, 20))
    assert np.isfinite(weights).all()
