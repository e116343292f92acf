"""Rings of vertices around the mouth and the eyes: columns from corner to corner, and layers from border to edge."""

from __future__ import annotations

import numpy as np

from a2f_server.face_shapes.vectors import Float64Array

WIDTH = 0.3
"""Half the width of the mouth for which the lip shapes are made."""
LIP = np.array([0, 0.2, 0.42, 0.68, 0.88, 1.0])
"""Position of each ring of the lips: border (0) … line of contact (1)."""


def around(columns: int) -> Float64Array:
    """Returns 1 at the first corner … −1 at the other one and back, `[columns]`."""
    turn = np.arange(columns) / columns
    return np.asarray(0.55 * np.cos(2 * np.pi * turn) + 0.45 * (1 - 4 * np.minimum(turn, 1 - turn)))


def upper(columns: int) -> Float64Array:
    """Returns 1 on the upper side of an opening, −1 on the lower side, 0 at the corners."""
    side = np.ones(columns)
    side[columns // 2 :] = -1
    side[[0, columns // 2]] = 0
    return side
