"""The phones of neural voices: marks, blanks, and the correction of their times."""

from __future__ import annotations

from itertools import pairwise

import pytest

from training.corpus.neural_voices.durations import LATE, UNIT, Segment, corrected, heard, segments


def test_stress_counts_to_the_next_phoneme_and_length_to_the_one_before() -> None:
    found = segments(["", "ˈ", "a", "ː", "b", "."], [2, 1, 2, 1, 3, 4])
    assert [one.text for one in found] == ["", "aː", "b", ""]
    assert [one.end for one in found] == pytest.approx([2 * UNIT, 6 * UNIT, 9 * UNIT, 13 * UNIT])


def test_pauses_side_by_side_are_one() -> None:
    assert [one.text for one in segments(["a", ".", " ", "b", "!", ""], [4] * 6)] == ["a", "", "b", ""]


def test_a_blank_is_divided_between_its_neighbours() -> None:
    raw = [Segment("a", 0.2, 0.4), Segment("", 0.4, 0.46), Segment("b", 0.46, 0.6)]
    assert [(one.text, one.start, one.end) for one in corrected(raw)] == [
        ("a", pytest.approx(0.2 - LATE), pytest.approx(0.43 - LATE)),
        ("b", pytest.approx(0.43 - LATE), pytest.approx(0.6)),
    ]


def test_a_pause_stays_and_moves() -> None:
    raw = [Segment("a", 0.2, 0.4), Segment("", 0.4, 0.6), Segment("b", 0.6, 0.8), Segment("", 0.8, 1.0)]
    assert [round(one.end, 3) for one in corrected(raw)] == [0.345, 0.545, 0.745, 1.0]


def test_phones_are_consecutive_and_last_as_long_as_the_sound() -> None:
    phonemes = ["", *"ˈA bˈɪɡ ʤˈʌmp, nˈW.", ""]
    spoken = heard(phonemes, [4.0] * len(phonemes))
    assert " ".join(p.name for p in spoken) == "SIL EY IY B IH G D ZH AH M P SIL N AA UH SIL"
    assert all(one.end == pytest.approx(after.start) for one, after in pairwise(spoken))
    assert spoken[0].start == 0
    assert spoken[-1].end == pytest.approx(len(phonemes) * 4 * UNIT)
