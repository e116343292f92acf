"""Sampling, polygons, and filling in unknown pixels."""

from __future__ import annotations

import numpy as np
import pytest

from a2f_server.portrait import pixels


def test_the_centre_of_a_pixel_has_its_value() -> None:
    values = np.arange(12.0).reshape(3, 4)
    assert pixels.sample(values, np.array([[0.5, 0.5], [3.5, 2.5]])).tolist() == [0, 11]
    assert pixels.sample(values, np.array([1.0, 0.5])) == 0.5


def test_outside_the_border_continues() -> None:
    values = np.arange(12.0).reshape(3, 4)
    assert pixels.sample(values, np.array([[-5.0, -5.0], [99.0, 99.0]])).tolist() == [0, pytest.approx(11)]


def test_inside_a_polygon() -> None:
    square = np.array([[1.0, 1.0], [3.0, 1.0], [3.0, 3.0], [1.0, 3.0]])
    assert (
        pixels.inside(np.array([[2.0, 2.0], [0.5, 2.0], [3.5, 2.0], [2.0, 3.5]]), square).tolist()
        == [True] + [False] * 3
    )


def test_known_pixels_stay_and_unknown_ones_continue_them() -> None:
    colors = np.zeros((24, 31, 3))
    colors[:, :10] = [200, 100, 50]
    known = np.zeros((24, 31), bool)
    known[:, :10] = True
    whole = pixels.filled(colors, known)
    assert np.abs(whole - [200, 100, 50]).max() < 1


def test_filling_is_smooth_between_two_colors() -> None:
    colors = np.zeros((16, 64, 3))
    colors[:, 48:] = 100
    known = np.ones((16, 64), bool)
    known[:, 16:48] = False
    line = pixels.filled(colors, known)[8, :, 0]
    assert np.diff(line).min() > -12
    assert 25 < line[32] < 75


def test_nothing_known_gives_black() -> None:
    assert pixels.filled(np.ones((5, 5, 3)), np.zeros((5, 5), bool)).max() == 0
