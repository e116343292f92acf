"""The rings of vertices around the mouth and the eyes, from landmarks.

Landmarks are in the frame of the head: units of 10 cm, x to the person's left, y up, z forward.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from a2f_server.face_shapes.rings import LIP, around, upper
from a2f_server.face_shapes.vectors import Float64Array
from a2f_server.portrait import anatomy
from a2f_server.portrait.anatomy import EyeLandmarks
from a2f_server.portrait.curves import monotone, rising

LIP_COLUMNS, LID_COLUMNS = 64, 32
LID = np.array([0, 0.12, 0.28, 0.48, 0.72, 1.0])
"""Position of each ring of the lids: edge (0) … the line around the eye (1)."""


@dataclass(frozen=True)
class Aperture:
    """The edges of an opening `[columns, 3]`, from its left corner along the upper edge and back along the lower."""

    edge: Float64Array

    @property
    def across(self) -> Float64Array:
        """The point of the other edge at each column."""
        return self.edge[_across(len(self.edge))]

    @property
    def gap(self) -> float:
        """The largest distance between both edges."""
        return float(np.where(upper(len(self.edge)) > 0, (self.edge - self.across)[:, 1], 0).max())

    @property
    def half(self) -> float:
        """Half of its width."""
        return float(np.ptp(self.edge[:, 0]) / 2)

    @property
    def middle(self) -> Float64Array:
        """The centre of both corners and both edges."""
        columns = len(self.edge)
        corners, edges = self.edge[[0, columns // 2]], self.edge[[columns // 4, columns - columns // 4]]
        return np.array([corners[:, 0].mean(), edges[:, 1].mean(), edges[:, 2].mean()])


def opening(landmarks: Float64Array, above: tuple[int, ...], below: tuple[int, ...], columns: int) -> Aperture:
    """Returns the opening between two lines of landmarks, each from smaller to larger x."""
    side = upper(columns)[:, None]
    high, low = (_line(landmarks[list(line)], around(columns)) for line in (above, below))
    return Aperture(np.where(side > 0, high, np.where(side < 0, low, (high + low) / 2)))


def outer_lips(landmarks: Float64Array) -> Float64Array:
    """Returns the border of the red, `[64, 3]`."""
    return opening(landmarks, anatomy.OUTER_UPPER_LIP, anatomy.OUTER_LOWER_LIP, LIP_COLUMNS).edge


def inner_lips(landmarks: Float64Array) -> Aperture:
    """Returns the line where the lips meet, or the edges of the gap between open lips."""
    return opening(landmarks, anatomy.INNER_UPPER_LIP, anatomy.INNER_LOWER_LIP, LIP_COLUMNS)


def lip_rings(outer: Float64Array, inner: Float64Array) -> Float64Array:
    """Returns the rings of the red from its border to the line of contact, `[6, 64, 3]`."""
    return np.asarray(outer + (inner - outer) * LIP[:, None, None])


def eye(landmarks: Float64Array, which: EyeLandmarks) -> Aperture:
    """Returns the opening between the lids."""
    return opening(landmarks, which.upper, which.lower, LID_COLUMNS)


def lid_rings(landmarks: Float64Array, which: EyeLandmarks, edge: Float64Array) -> Float64Array:
    """Returns the rings of the lids from their edge to the line around the eye, `[6, 32, 3]`."""
    border = opening(landmarks, which.above, which.below, LID_COLUMNS).edge
    return np.asarray(edge + (border - edge) * LID[:, None, None])


def _line(points: Float64Array, s: Float64Array) -> Float64Array:
    """Returns points of a line at fractions of its width, −1 at its first point … 1 at its last."""
    x = rising(points[:, 0])
    at = (x[0] + x[-1]) / 2 + s * (x[-1] - x[0]) / 2
    return np.column_stack([at, monotone(x, points[:, 1:], at)])


def _across(columns: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.asarray((columns - np.arange(columns)) % columns)
