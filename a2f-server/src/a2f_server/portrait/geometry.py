"""The scale and rotation of a face in its picture, and the frame that is shown.

Coordinates are in units of 10 cm. The *picture's* have x to the right, y up, z towards the viewer; their origin is the
face's. The *head's* are turned so that x is to the person's left, y up to the crown and z forward. "Left" is larger x.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from a2f_server.face_shapes.vectors import Float64Array
from a2f_server.portrait.landmarks import Landmarks


@dataclass(frozen=True)
class Pose:
    """Scale (pixels per unit), origin (pixels, x and y) and rotation `[3, 3]` from the head to the picture."""

    scale: float
    origin: Float64Array
    rotation: Float64Array

    def head(self, landmarks: Landmarks) -> Float64Array:
        """Converts landmarks to the head's coordinates."""
        flat = (landmarks[:, :2] - self.origin) * [1, -1]
        return np.asarray(np.column_stack([flat, -landmarks[:, 2]]) / self.scale @ self.rotation)

    def picture(self, at: Float64Array) -> Float64Array:
        """Rotates points or moves from the head's to the picture's coordinates."""
        return np.asarray(at @ self.rotation.T)

    def pixels(self, at: Float64Array) -> Float64Array:
        """Converts points in the picture's coordinates to pixels `[…, 2]`."""
        return np.asarray(at[..., :2] * [self.scale, -self.scale] + self.origin)


@dataclass(frozen=True)
class Frame:
    """The part of the picture that is shown, in the picture's coordinates."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def middle(self) -> Float64Array:
        """Its centre `[x, y]`."""
        return np.array([self.left + self.right, self.bottom + self.top]) / 2

    @property
    def corners(self) -> Float64Array:
        """Its corners `[4, 2]`."""
        x, y = (self.left, self.right), (self.bottom, self.top)
        return np.array([[a, b] for a in x for b in y])

    def inside(self, at: Float64Array) -> Float64Array:
        """Returns the distance to the nearest side, negative outside."""
        x, y = at[..., 0], at[..., 1]
        return np.asarray(np.minimum.reduce([x - self.left, self.right - x, y - self.bottom, self.top - y]))

    def clipped(self, at: Float64Array) -> Float64Array:
        """Moves points that are outside to the nearest point of the frame."""
        return np.clip(at, [self.left, self.bottom], [self.right, self.top])


def pose(landmarks: Landmarks, canonical: Float64Array) -> Pose:
    """Returns the pose that fits the canonical face best (Umeyama 1991)."""
    at = landmarks[: len(canonical)] * [1, -1, -1]
    middle, target = at.mean(axis=0), canonical.mean(axis=0)
    a, b = at - middle, canonical - target
    u, size, v = np.linalg.svd(a.T @ b)
    sign = np.array([1, 1, np.sign(np.linalg.det(u @ v))])
    rotation = u * sign @ v
    scale = float((size * sign).sum() / (b * b).sum())
    origin = middle - scale * rotation @ target
    return Pose(scale, origin[:2] * [1, -1], rotation)
