from __future__ import annotations

import numpy as np
import pytest

from a2f_server.backends.audio2face3d.solver.batched import Batched
from a2f_server.backends.audio2face3d.solver.difference import Difference, solved
from a2f_server.backends.audio2face3d.solver.exact import Exact
from tests.backends.audio2face3d.solver import heads


def test_a_solver_does_not_differ_from_itself() -> None:
    one = heads.prepared()
    assert Difference.of(Exact(one), Exact(one), heads.frames(one, 10)) == Difference(0.0, 0.0)


def test_it_is_that_of_the_sequences_that_each_solver_makes() -> None:
    one = heads.prepared(2, 20)
    b = heads.frames(one, 40, 2, scale=2.0)
    apart = np.abs(solved(Exact(one), b) - solved(Batched(one), b))
    found = Difference.of(Exact(one), Batched(one), b)
    assert found.largest == pytest.approx(apart.max())
    assert found.mean == pytest.approx(apart.mean())
    assert 0 < found.mean < found.largest


def test_no_frames_do_not_differ() -> None:
    one = heads.prepared()
    assert Difference.of(Exact(one), Batched(one), np.empty((0, 8))) == Difference(0.0, 0.0)
