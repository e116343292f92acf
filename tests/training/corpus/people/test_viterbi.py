"""Forced alignment finds the phones where their scores are high."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from training import phones
from training.corpus.people import viterbi
from training.phones import Phone

WORDS = (("P", "AA"), ("M", "IY", "S"))


def scores(spoken: Sequence[tuple[str, int]], noise: float = 0.0) -> viterbi.Scores:
    """Scores in which each phone in turn is likely for some steps."""
    out = np.full((sum(steps for _, steps in spoken), len(phones.NAMES)), -5.0)
    at = 0
    for name, steps in spoken:
        out[at : at + steps, phones.NAMES.index(name)] = 0
        at += steps
    return out + noise * np.random.default_rng(0).standard_normal(out.shape)


@pytest.mark.parametrize("noise", [0.0, 1.5])
@pytest.mark.parametrize(
    "spoken",
    [
        [("SIL", 20), ("P", 8), ("AA", 12), ("SIL", 9), ("M", 7), ("IY", 9), ("S", 10), ("SIL", 15)],
        [("P", 8), ("AA", 12), ("M", 7), ("IY", 9), ("S", 10)],
        [("SIL", 5), ("P", 8), ("AA", 12), ("M", 7), ("IY", 9), ("S", 10)],
    ],
    ids=["pauses", "none", "before"],
)
def test_the_best_path_is_found(spoken: list[tuple[str, int]], noise: float) -> None:
    found = viterbi.align(scores(spoken, noise), WORDS)
    assert found is not None
    assert [p.name for p in found] == [name for name, _ in spoken]
    assert [p.end for p in found] == pytest.approx(np.cumsum([n for _, n in spoken]) * viterbi.STEP, abs=0.011)


def test_no_phone_is_shorter_than_the_minimum() -> None:
    found = viterbi.align(scores([("AA", 40)]), WORDS)
    assert found is not None
    assert min(p.end - p.start for p in found if p.name != "SIL") >= viterbi.SHORTEST * viterbi.STEP - 1e-9


@pytest.mark.parametrize("words", [WORDS * 9, ()], ids=["too many", "none"])
def test_words_that_do_not_fit_are_refused(words: Sequence[viterbi.Word]) -> None:
    found = viterbi.align(scores([("AA", 20)]), words)
    assert found is None or [p.name for p in found] == ["SIL"]


def test_a_long_text_is_aligned() -> None:
    words = [("P", "AA", "M", "IY")] * 25
    found = viterbi.align(scores([(name, 8) for word in words for name in word]), words)
    assert found is not None
    assert [p.name for p in found] == [name for word in words for name in word]


def test_a_repeated_phone_is_two() -> None:
    found = viterbi.align(scores([("AA", 20)]), [("AA", "AA")])
    assert found is not None
    assert found.count(Phone("SIL", 0, 0)) == 0
    assert [p.name for p in found] == ["AA", "AA"]
