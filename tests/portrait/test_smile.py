"""A smile in the picture is measured, and cancelled by the shapes that close or round the lips."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from a2f_server.face_shapes.rings import LIP, around, upper
from a2f_server.portrait import smile


def lips(rise: float, half: float = 0.246) -> NDArray[np.float64]:
    """Returns closed lips whose corners are raised."""
    s, side = around(64), upper(64)
    line = np.stack([half * s, rise * s**2, 0 * s], axis=-1)
    border = line + np.stack([0 * s, 0.08 * side * (1 - s**2), 0 * s], axis=-1)
    return np.asarray(border + (line - border) * LIP[:, None, None])


def test_relaxed_lips_do_not_smile() -> None:
    assert smile.smile(lips(0.0)) == smile.Smile(0.0, 0.0)
    assert all(np.abs(moves).max() == 0 for moves in smile.undone(lips(0.0)).values())


def test_corners_that_are_raised_and_apart() -> None:
    found = smile.smile(lips(0.08, 0.29))
    assert 0.06 < found.rise < 0.085
    assert 0.04 < found.widening < 0.05


def test_a_pucker_lowers_the_corners_and_keeps_the_middle() -> None:
    red = lips(0.08, 0.29)
    moves = smile.undone(red)["mouthPucker"]
    assert moves[-1, 0, 1] < -0.04
    assert moves[-1, 0, 0] < 0 < moves[-1, 32, 0]
    assert abs(moves[-1, 16, 1]) < 1e-3


def test_a_press_of_one_side_stays_there() -> None:
    moves = smile.undone(lips(0.08, 0.29))
    assert np.abs(moves["mouthPressLeft"][:, 32]).max() == 0
    assert np.abs(moves["mouthPressRight"][:, 0]).max() == 0
    assert moves["mouthPressLeft"][-1, 0, 1] < 0


def test_both_lips_move_alike() -> None:
    for moves in smile.undone(lips(0.08, 0.29)).values():
        assert np.allclose(moves[-1], moves[-1, (64 - np.arange(64)) % 64])


def test_a_face_that_smiles_can_smile_less_far() -> None:
    assert smile.room(lips(0.0)) == 1
    assert 0.4 < smile.room(lips(0.15)) < 0.6
