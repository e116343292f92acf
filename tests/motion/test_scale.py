"""Scale: v · factor, without limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server.motion.scale import Scale
from tests.motion.acting import acted, column, context, faces


@settings(max_examples=50)
@given(st.integers(0, 10**6), st.floats(-100, 100, width=32))
def test_products(seed: int, factor: float) -> None:
    face = faces(20, seed)
    made = acted(Scale(context(), {"jawOpen": factor}), face, [3, 4])
    assert np.array_equal(column(made, "jawOpen"), column(face, "jawOpen") * np.float32(factor)), "not clipped"
    assert np.array_equal(column(made, "mouthClose"), column(face, "mouthClose"))
    assert np.isfinite(made).all()


def test_names_in_other_spellings() -> None:
    face = faces(5, 0)
    pascal, both = (acted(Scale(context(), {name: 0.5}), face) for name in ("MouthSmileLeft", "mouthSmile"))
    assert np.array_equal(column(pascal, "mouthSmileLeft"), column(face, "mouthSmileLeft") / 2)
    assert np.array_equal(column(pascal, "mouthSmileRight"), column(face, "mouthSmileRight"))
    assert np.array_equal(column(both, "mouthSmileRight"), column(face, "mouthSmileRight") / 2)


@pytest.mark.parametrize("wrong", [3, None, {"jawOpen": "wide"}, {"jawOpen": float("nan")}], ids=str)
def test_factors_are_a_table_of_numbers(wrong: object) -> None:
    with pytest.raises(ValueError, match="scaling_factors"):
        Scale(context(), wrong)
