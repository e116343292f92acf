"""Correlation of two tracks of one recording."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.evaluation.measures.tracks import FPS, still
from training.evaluation.measures.pairs import TrackPair
from training.evaluation.measures.score import score
from training.evaluation.measures.track import INNER, Track, TrackCurve

T = np.arange(200) / FPS


def waving(t: TrackCurve) -> Track:
    return Track(FPS, len(t), {"jawOpen": np.sin(9 * t) + np.sin(23 * t)})


def test_the_lag_of_a_late_track_is_found() -> None:
    late, face = waving(T - 0.03), waving(T)
    got = score([], beside=[TrackPair("a", late, face), TrackPair("b", late, face, face=False)])
    assert got.lag_ms == 30
    assert (got.faces_jaw.value, got.systems_jaw.value) == (pytest.approx(1, abs=0.01), pytest.approx(1, abs=0.01))


def test_a_still_face_correlates_with_nothing() -> None:
    assert score([], beside=[TrackPair("still", still(), waving(T))]).faces_jaw.value == 0


def test_the_aperture_is_held_against_measured_lips() -> None:
    face = Track(FPS, len(T), {"jawOpen": np.cos(40 * T), INNER: waving(T)["jawOpen"]})
    ours = Track(FPS, len(T), {"jawOpen": waving(T)["jawOpen"] + 2})
    assert score([], beside=[TrackPair("a", ours, face)]).faces_aperture.value == pytest.approx(1, abs=0.01)
