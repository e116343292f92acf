"""Gain: per region and per shape."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server import arkit
from a2f_server.motion.gain import REGIONS, Gain
from tests.motion.acting import acted, column, context, faces


@settings(max_examples=50)
@given(st.integers(0, 10**6), st.sampled_from(list(REGIONS)), st.floats(0, 10, width=32))
def test_a_region(seed: int, region: str, gain: float) -> None:
    face = np.clip(faces(20, seed), 0, 1)
    made = acted(Gain(context(), {region: gain}), face, [5])
    within = np.array([name.startswith(REGIONS[region]) for name in arkit.NAMES])
    assert np.array_equal(made[:, within], np.clip(face[:, within] * np.float32(gain), 0, 1))
    assert np.array_equal(made[:, ~within], face[:, ~within])


def test_regions_cover_the_face() -> None:
    assert all(sum(name.startswith(begin) for begin in REGIONS.values()) == 1 for name in arkit.NAMES)


def test_a_shape_counts_instead_of_its_region() -> None:
    face = np.clip(faces(20, 1), 0, 1) / 4
    made = acted(Gain(context(), {"mouth": 0.5}, {"mouthSmile": 2.0}), face)
    assert np.array_equal(column(made, "mouthSmileRight"), column(face, "mouthSmileRight") * 2)
    assert np.array_equal(column(made, "mouthPucker"), column(face, "mouthPucker") / 2)


@pytest.mark.parametrize("wrong", [{"regions": {"ears": 1}}, {"regions": {"jaw": -1}}, {"shapes": {"jawOpen": 11}}])
def test_parameters_out_of_range(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"region|gains"):
        Gain(context(), **wrong)
