"""Measures of the lips by phone, on tracks with known results."""

from __future__ import annotations

import math

import pytest

from tests.training.evaluation.measures.tracks import phones_of, track
from training.evaluation.measures.score import Score, score
from training.evaluation.measures.track import FLOOR, SpeechTrack

SENTENCE = (("SIL", 0.5), ("AA", 0.2), ("M", 0.1), ("AA", 0.2), ("T", 0.1), ("AA", 0.2), ("T", 0.1), ("SIL", 0.8))


def scored(jaws: dict[str, float], **shapes: dict[str, float]) -> Score:
    phones = phones_of(*SENTENCE)
    return score([SpeechTrack(track(phones, jaws, **shapes), phones, 2.2)])


def test_a_face_that_closes_where_it_must_is_perfect() -> None:
    got = scored({"AA": 0.5, "T": 0.3})
    assert (got.closure_recall.value, got.false_closure.value, got.open_vowels.value) == (1, 0, 1)
    assert (got.closure_auc.value, got.pause_p95.value, got.median_p90) == (1, 0, 0.5)
    assert (got.recordings, got.bilabials, got.wrong_length) == (1, 1, 0)


def test_a_face_that_never_closes_recalls_nothing() -> None:
    got = scored({"AA": 0.5, "M": 0.5, "T": 0.5})
    assert (got.closure_recall.value, got.closure_auc.value) == (0, 0.5)


def test_a_closed_vowel_is_a_false_closure_unless_its_neighbours_shut_the_lips() -> None:
    assert scored({"T": 0.5}).false_closure.value == 1
    phones = phones_of(("M", 0.2), ("AA", 0.2), ("P", 0.2))
    assert math.isnan(score([SpeechTrack(track(phones, {"M": 0.5}), phones, 0.6)]).false_closure.value)


def test_a_face_that_hardly_moves_does_not_pass() -> None:
    got = scored({"AA": 0.02, "T": 0.02})
    assert (got.median_p90, got.open_vowels.value, got.false_closure.value) == (FLOOR, 0, 1)


def test_the_jaw_alone_does_not_close_lips_that_are_apart() -> None:
    assert scored({"AA": 0.5, "M": 0.4, "T": 0.3}, mouthClose={"M": 0.4}).closure_recall.value == 1


def test_rounded_phones_are_told_from_others() -> None:
    phones = phones_of(("UW", 0.2), ("T", 0.2), ("IY", 0.2), ("F", 0.2))
    shapes = {"mouthPucker": {"UW": 0.5}, "mouthStretchLeft": {"IY": 0.4}, "mouthRollLower": {"F": 0.4}}
    got = score([SpeechTrack(track(phones, {"UW": 0.3, "IY": 0.3}, **shapes), phones, 0.8)])
    assert (got.rounding.value, got.spread.value, got.labiodental.value) == (1, 1, 1)


def test_stir_is_measured_in_pauses() -> None:
    assert scored({"SIL": 0.25, "AA": 0.5, "T": 0.3}).pause_p95.value == pytest.approx(0.5)
