"""Figures and their intervals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from training.evaluation.measures.figure import auc, mean, pooled


def test_auc_counts_draws_as_half() -> None:
    assert auc(np.array([1.0, 2.0]), np.array([0.0, 2.0])) == pytest.approx(0.625)
    assert math.isnan(auc(np.array([]), np.array([1.0])))


def test_intervals_hold_the_figure() -> None:
    got = mean([1.0] * 5 + [0.0] * 5, np.random.default_rng(0))
    assert 0 < got.low < got.value == 0.5 < got.high < 1


def test_nothing_has_no_figure() -> None:
    rng = np.random.default_rng(0)
    assert math.isnan(mean([], rng).value)
    assert math.isnan(pooled(sum, [], rng).value)
