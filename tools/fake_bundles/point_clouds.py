"""A head and a tongue as symmetric point clouds. Centimetres; the head looks along +z, its left is +x."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from a2f_server.arrays import Float64Array

MIDDLE, RADII = np.array([0.0, 153.0, 0.0]), np.array([14.0, 18.0, 13.75])
"""Centre and radii of the head, an ellipsoid from 135 to 171 cm high with a diagonal of 53.2."""
MIRROR = np.array([-1.0, 1.0, 1.0])
FACE = ((7.0, 140.0, 165.0), (4.0, 148.0, 156.0), (4.5, 157.5, 163.0))
"""Dense regions (face, mouth, eyes): half width, lowest and highest point."""
SHARES = (0.35, 0.25, 0.2)
"""Share of the points in each dense region; the rest is spread over the whole head."""
ROOT = np.array([0.0, 151.0, 7.0])
"""Centre of the tongue."""


def head(count: int) -> Float64Array:
    """Returns `[count, 3]`: the left half, then its mirror image."""
    half = count // 2
    parts = [_patch(int(share * half), *where) for share, where in zip(SHARES, FACE, strict=True)]
    left = np.concatenate([*parts, _all_over(half - sum(map(len, parts)))])
    middle = on_surface(np.array([[0.0, 168.0]]))[: count % 2]
    return np.concatenate([left, left * MIRROR, middle])


def tongue(count: int) -> Float64Array:
    """Returns `[count, 3]` points of a flat ellipsoid."""
    half = count // 2
    left = ROOT + _sphere(half) * np.array([2.0, 0.8, 3.5])
    return np.concatenate([left, left * MIRROR, ROOT[None][: count % 2]])


def on_surface(xy: Float64Array) -> Float64Array:
    """Projects `[n, 2]` onto the front of the head."""
    flat = (xy - MIDDLE[:2]) / RADII[:2]
    z = RADII[2] * np.sqrt(np.maximum(1 - (flat**2).sum(1), 0.0))
    return np.column_stack([xy, z])


def frontal(points: Float64Array, count: int) -> NDArray[np.int32]:
    """Returns the indices of the `count` points nearest to the middle of the face, in the order of the cloud."""
    near = np.argsort(((points - (0.0, 154.0, 13.0)) ** 2).sum(1), kind="stable")[:count]
    return np.sort(near).astype(np.int32)


def _patch(count: int, half_width: float, low: float, high: float) -> Float64Array:
    """Returns points in the left half of a rectangle on the face, seen from the front."""
    u = _spread(count)
    return on_surface(np.column_stack([0.02 + half_width * u[:, 0], low + (high - low) * u[:, 1]]))


def _all_over(count: int) -> Float64Array:
    return MIDDLE + RADII * _sphere(count)


def _sphere(count: int) -> Float64Array:
    """Returns points on the left half of a unit sphere, the extreme points on each axis included."""
    u = _spread(max(count - 5, 0))
    height, angle = 2 * u[:, 1] - 1, np.pi * (u[:, 0] - 0.5)
    ring = np.sqrt(1 - height**2)
    ends = np.array([[1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], np.float64)
    return np.concatenate([ends[:count], np.column_stack([ring * np.cos(angle), height, ring * np.sin(angle)])])


def _spread(count: int) -> Float64Array:
    """Returns evenly spread points in the unit square: the low-discrepancy sequence of Roberts (2018)."""
    plastic = 1.32471795724474602596
    steps = np.array([1 / plastic, 1 / plastic**2])
    out: Float64Array = (0.5 + np.arange(1, count + 1)[:, None] * steps) % 1.0
    return out
