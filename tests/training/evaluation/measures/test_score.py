"""Scores: silence, tracks of wrong length, empty tracks."""

from __future__ import annotations

import pytest

from tests.training.evaluation.measures.tracks import FPS, phones_of, still
from training.evaluation.measures.score import score
from training.evaluation.measures.track import SpeechTrack, Track

PHONES = phones_of(("AA", 1.0), ("M", 1.2))


def test_stir_is_measured_in_silence() -> None:
    assert score([], quiet=[still(), still(jaw=0.06)]).silence_p95.value == pytest.approx(0.5)


def test_a_track_of_wrong_length_is_counted() -> None:
    assert score([SpeechTrack(still(), PHONES, 2.2)]).wrong_length == 1
    assert score([SpeechTrack(still(2.2), PHONES, 2.2)]).wrong_length == 0


def test_an_empty_track_is_not_an_error() -> None:
    assert score([SpeechTrack(Track(FPS, 0, {}), PHONES, 2.2)], quiet=[Track(FPS, 0, {})]).bilabials == 0
