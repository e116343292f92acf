"""Threshold: v ≤ threshold becomes 0."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server.motion.threshold import Threshold
from tests.motion.acting import acted, column, context, faces, still


@settings(max_examples=50)
@given(st.integers(0, 10**6), st.floats(-1, 1, width=32))
def test_small_values_become_0(seed: int, threshold: float) -> None:
    face = faces(20, seed)
    made, jaw = acted(Threshold(context(), {"jawOpen": threshold}), face, [11]), column(face, "jawOpen")
    assert np.array_equal(column(made, "jawOpen"), np.where(jaw <= np.float32(threshold), 0, jaw))
    assert np.array_equal(column(made, "mouthClose"), column(face, "mouthClose"))


def test_the_threshold_itself_becomes_0() -> None:
    face = still(1)
    face[:] = 0.25
    assert column(acted(Threshold(context(), {"jawOpen": 0.25}), face), "jawOpen") == 0
