"""Two tracks of one recording."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.evaluation.tracks import FPS, still
from training.evaluation.pairs import Pair
from training.evaluation.score import score
from training.evaluation.track import Curve, Track

T = np.arange(200) / FPS


def waving(t: Curve) -> Track:
    return Track(FPS, len(t), {"jawOpen": np.sin(9 * t) + np.sin(23 * t)})


def test_the_lag_of_a_late_track_is_found() -> None:
    late, face = waving(T - 0.03), waving(T)
    got = score([], beside=[Pair("a", late, face), Pair("b", late, face, face=False)])
    assert got.lag_ms == 30
    assert (got.faces_jaw.value, got.systems_jaw.value) == (pytest.approx(1, abs=0.01), pytest.approx(1, abs=0.01))


def test_a_still_face_is_like_none() -> None:
    assert score([], beside=[Pair("still", still(), waving(T))]).faces_jaw.value == 0
