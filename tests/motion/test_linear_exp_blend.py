"""LinearExpBlend: the formula, its limits and its parameters."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server.motion.linear_exp_blend import LinearExpBlend
from tests.motion.acting import acted, column, context, faces


@settings(max_examples=50)
@given(
    st.integers(0, 10**6), st.floats(-1, 1), st.floats(0.001, 10), st.floats(0, 20), st.floats(0, 1), st.integers(0, 20)
)
def test_the_formula(seed: int, offset: float, reference: float, strength: float, share: float, cut: int) -> None:
    face = faces(20, seed)
    made = acted(LinearExpBlend(context(), ["jawOpen"], offset, reference, strength, share), face, [cut])
    n = np.clip(column(face, "jawOpen").astype(np.float64) + offset, 0, 1) / reference
    wanted = np.clip((1 - share) * n + share * (1 - np.exp(-strength * n)), 0, 1)
    np.testing.assert_allclose(column(made, "jawOpen"), wanted, atol=1e-6)
    assert np.array_equal(column(made, "mouthClose"), column(face, "mouthClose"))


def test_splitting_frames_into_calls_changes_no_bit() -> None:
    face = faces(300, 3)
    whole = acted(LinearExpBlend(context(), ["jawOpen"], -0.1, 0.75, 8, 0.4), face)
    assert np.array_equal(acted(LinearExpBlend(context(), ["jawOpen"], -0.1, 0.75, 8, 0.4), face, [*range(300)]), whole)


def test_names_from_a_json_file(tmp_path: Path) -> None:
    path = tmp_path / "names.json"
    path.write_text(json.dumps(["JawOpen"]), "utf-8")
    one, other = LinearExpBlend(context(), str(path)), LinearExpBlend(context(), ["jawOpen"])
    assert np.array_equal(acted(one, faces(9, 1)), acted(other, faces(9, 1)))


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"bs_names": 3}, "bs_names"),
        ({"bs_names": [3]}, "bs_names"),
        ({"bs_names": [], "normalize_reference": 0}, "normalize_reference"),
        ({"bs_names": [], "exponential_strength": -1}, "exponential_strength"),
        ({"bs_names": [], "blend_weight": 2}, "blend_weight"),
        ({"bs_names": [], "offset": float("nan")}, "offset"),
    ],
    ids=str,
)
def test_parameters_out_of_range(wrong: dict[str, object], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        LinearExpBlend(context(), **wrong)  # type: ignore[arg-type]
