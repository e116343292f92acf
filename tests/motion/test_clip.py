"""Clip: bounds for named shapes, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server.motion.clip import Clip
from tests.motion.acting import acted, column, context, faces

BOUND = st.floats(-2, 2, width=32)


@settings(max_examples=50)
@given(st.integers(0, 10**6), BOUND, BOUND)
def test_values_stay_between_their_bounds(seed: int, lower: float, upper: float) -> None:
    face = faces(20, seed)
    made = acted(Clip(context(), {"jawOpen": lower, "browInnerUp": lower}, {"jawOpen": upper}), face, [7])
    assert np.array_equal(column(made, "jawOpen"), np.minimum(np.maximum(column(face, "jawOpen"), lower), upper))
    assert np.array_equal(column(made, "browInnerUp"), np.maximum(column(face, "browInnerUp"), np.float32(lower)))
    assert np.array_equal(column(made, "cheekPuff"), column(face, "cheekPuff"))


def test_without_bounds_nothing_changes() -> None:
    face = faces(20, 1)
    assert np.array_equal(acted(Clip(context()), face), face)


def test_unknown_shapes_are_noted_and_ignored() -> None:
    made = context()
    face = faces(20, 1)
    assert np.array_equal(acted(Clip(made, {"earLeft": 1.0}), face), face)
    assert made.unknown == {"earLeft"}


@pytest.mark.parametrize("wrong", ["a", True, float("nan"), float("inf"), 1e30, None, [1]], ids=str)
def test_a_bound_is_a_number(wrong: object) -> None:
    with pytest.raises(ValueError, match="lowerbounds, 'jawOpen'"):
        Clip(context(), {"jawOpen": wrong})
