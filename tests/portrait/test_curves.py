"""Curves through a few points do not overshoot."""

from __future__ import annotations

import numpy as np

from a2f_server.portrait.curves import monotone, rising


def test_it_goes_through_the_points() -> None:
    x, y = np.array([0.0, 1.0, 3.0, 4.0]), np.array([[0.0], [2.0], [2.5], [-1.0]])
    assert np.allclose(monotone(x, y, x), y)


def test_it_does_not_overshoot() -> None:
    x, y = np.arange(6.0), np.array([0.0, 0, 1, 1, 0, 0])[:, None]
    values = monotone(x, y, np.linspace(0, 5, 200))
    assert values.min() >= -1e-12
    assert values.max() <= 1 + 1e-12


def test_a_line_stays_a_line_and_is_continued() -> None:
    x = np.array([0.0, 1.0, 2.5, 4.0])
    at = np.array([-1.0, 0.3, 3.9, 5.0])
    assert np.allclose(monotone(x, 2 * x[:, None] + 1, at)[:, 0], 2 * at + 1)


def test_rising_repairs_points_that_go_back() -> None:
    assert (np.diff(rising(np.array([0.0, 1.0, 0.9, 2.0]))) > 0).all()
