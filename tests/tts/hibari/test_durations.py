"""From predicted durations to times: marks, blanks, and the correction."""

from __future__ import annotations

import pytest

from a2f_server.tts.hibari.durations import LATE, UNIT, PhonemeSpan, corrected, spans


def test_stress_counts_to_the_next_phoneme_and_length_to_the_one_before() -> None:
    found = spans(["", "ˈ", "a", "ː", "b", "."], [2, 1, 2, 1, 3, 4])
    assert [one.text for one in found] == ["", "aː", "b", ""]
    assert [one.end for one in found] == pytest.approx([2 * UNIT, 6 * UNIT, 9 * UNIT, 13 * UNIT])


def test_pauses_side_by_side_are_one() -> None:
    assert [one.text for one in spans(["a", ".", " ", "b", "!", ""], [4] * 6)] == ["a", "", "b", ""]


def test_a_blank_is_divided_between_its_neighbours() -> None:
    raw = [PhonemeSpan("a", 0.2, 0.4), PhonemeSpan("", 0.4, 0.46), PhonemeSpan("b", 0.46, 0.6)]
    assert [(one.text, one.start, one.end) for one in corrected(raw)] == [
        ("a", pytest.approx(0.2 - LATE), pytest.approx(0.43 - LATE)),
        ("b", pytest.approx(0.43 - LATE), pytest.approx(0.6)),
    ]


def test_a_pause_stays_and_moves() -> None:
    raw = [PhonemeSpan("a", 0.2, 0.4), PhonemeSpan("", 0.4, 0.6), PhonemeSpan("b", 0.6, 0.8), PhonemeSpan("", 0.8, 1.0)]
    assert [round(one.end, 3) for one in corrected(raw)] == [0.345, 0.545, 0.745, 1.0]


def test_spans_know_their_phonemes() -> None:
    assert [one.index for one in spans(["", "ˈ", "a", "ː", "b", "."], [2, 1, 2, 1, 3, 4])] == [0, 2, 4, 5]
