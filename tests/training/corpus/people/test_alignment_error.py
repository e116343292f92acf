"""Distances between two alignments."""

from __future__ import annotations

import pytest

from training.corpus.people.alignment_error import compare
from training.corpus.people.alignments import Alignment
from training.phones import Phone


def spoken(late: float = 0.0, closure: str = "B") -> Alignment:
    return Alignment(
        "a", [Phone("SIL", 0.0, 1.0 + late), Phone(closure, 1.0 + late, 1.1 + late), Phone("AA", 1.1 + late, 2.0)]
    )


def test_the_same_alignment_has_no_error() -> None:
    error = compare([(spoken(), spoken())])
    assert (error.found, error.late, error.p90, error.pauses) == (1.0, 0.0, 0.0, 1.0)


def test_a_delay_is_measured() -> None:
    error = compare([(spoken(0.03), spoken()), (spoken(0.05), spoken())])
    assert error.late == pytest.approx(0.04)
    assert error.median == pytest.approx(0.04)
    assert error.pauses == pytest.approx(1 - 0.04 / 2)


def test_a_closure_that_is_missing_or_far_is_not_found() -> None:
    error = compare([(spoken(closure="D"), spoken()), (spoken(0.2), spoken())])
    assert (error.closures, error.found) == (2, 0.0)
    assert "0.000 found" in str(error)
