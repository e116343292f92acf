"""Symmetry: both halves of the face alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server import arkit
from a2f_server.motion.symmetry import Symmetry
from tests.motion.acting import acted, column, context, faces

LOOKS = [i for i, name in enumerate(arkit.NAMES) if name.startswith("eyeLook")]


def test_both_halves_are_equal() -> None:
    face = faces(20, 1)
    made = acted(Symmetry(context()), face)
    mirrored = made[:, arkit.MIRROR]
    assert np.array_equal(np.delete(made, LOOKS, 1), np.delete(mirrored, LOOKS, 1))
    np.testing.assert_allclose(
        column(made, "mouthSmileLeft"),
        (column(face, "mouthSmileLeft") + column(face, "mouthSmileRight")) / 2,
        atol=1e-6,
    )


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.floats(0, 1), st.lists(st.integers(0, 20)))
def test_a_share_of_the_way(seed: int, share: float, cuts: list[int]) -> None:
    face = faces(20, seed)
    made = acted(Symmetry(context(), share), face, cuts)
    middle = (face + face[:, arkit.MIRROR]) / 2
    np.testing.assert_allclose(
        np.delete(made, LOOKS, 1), np.delete(face + share * (middle - face), LOOKS, 1), atol=1e-5
    )
    assert np.array_equal(made[:, LOOKS], face[:, LOOKS]), "eyes that look aside"
    assert np.array_equal(acted(Symmetry(context(), share), face), made)


@pytest.mark.parametrize("wrong", [-0.1, 1.1, "x", float("nan")])
def test_a_share_out_of_range(wrong: float) -> None:
    with pytest.raises(ValueError, match="share"):
        Symmetry(context(), wrong)
