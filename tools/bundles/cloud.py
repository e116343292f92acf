"""A head and a tongue as clouds of points, left and right alike. Centimetres; it looks along +z, its left is +x."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""`[n, 3]`."""

MIDDLE, RADII = np.array([0.0, 153.0, 0.0]), np.array([14.0, 18.0, 13.75])
"""Of the ellipsoid that a head is here: from 135 to 171 high, 53.2 across."""
MIRROR = np.array([-1.0, 1.0, 1.0])
FACE = ((7.0, 140.0, 165.0), (4.0, 148.0, 156.0), (4.5, 157.5, 163.0))
"""Where points are dense: the face, the mouth, the eyes, each with half its width, its lowest and its highest."""
SHARES = (0.35, 0.25, 0.2)
"""How many of the points lie there; the others lie all over the head."""
ROOT = np.array([0.0, 151.0, 7.0])
"""The middle of the tongue."""


def head(count: int) -> Points:
    """`[count, 3]`: first the left half, then its mirror image."""
    half = count // 2
    parts = [_patch(int(share * half), *where) for share, where in zip(SHARES, FACE, strict=True)]
    left = np.concatenate([*parts, _all_over(half - sum(map(len, parts)))])
    middle = on_surface(np.array([[0.0, 168.0]]))[: count % 2]
    return np.concatenate([left, left * MIRROR, middle])


def tongue(count: int) -> Points:
    """`[count, 3]`: a flat ellipsoid."""
    half = count // 2
    left = ROOT + _sphere(half) * np.array([2.0, 0.8, 3.5])
    return np.concatenate([left, left * MIRROR, ROOT[None][: count % 2]])


def on_surface(xy: Points) -> Points:
    """Puts `[n, 2]` on the front of the head."""
    flat = (xy - MIDDLE[:2]) / RADII[:2]
    z = RADII[2] * np.sqrt(np.maximum(1 - (flat**2).sum(1), 0.0))
    return np.column_stack([xy, z])


def frontal(points: Points, count: int) -> NDArray[np.int32]:
    """The `count` points nearest to the middle of the face, in the order of the cloud."""
    near = np.argsort(((points - (0.0, 154.0, 13.0)) ** 2).sum(1), kind="stable")[:count]
    return np.sort(near).astype(np.int32)


def _patch(count: int, half_width: float, low: float, high: float) -> Points:
    """The left half of a rectangle, seen from the front."""
    u = _spread(count)
    return on_surface(np.column_stack([0.02 + half_width * u[:, 0], low + (high - low) * u[:, 1]]))


def _all_over(count: int) -> Points:
    return MIDDLE + RADII * _sphere(count)


def _sphere(count: int) -> Points:
    """Spread over the left half of a unit sphere, with the points that are farthest out on each axis."""
    u = _spread(max(count - 5, 0))
    height, angle = 2 * u[:, 1] - 1, np.pi * (u[:, 0] - 0.5)
    ring = np.sqrt(1 - height**2)
    ends = np.array([[1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], np.float64)
    return np.concatenate([ends[:count], np.column_stack([ring * np.cos(angle), height, ring * np.sin(angle)])])


def _spread(count: int) -> Points:
    """Even, without order: the two-dimensional sequence of the plastic number (Roberts 2018)."""
    plastic = 1.32471795724474602596
    steps = np.array([1 / plastic, 1 / plastic**2])
    out: Points = (0.5 + np.arange(1, count + 1)[:, None] * steps) % 1.0
    return out
