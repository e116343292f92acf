"""Distributes points over the canonical face, more densely around the mouth, and connects them."""

from __future__ import annotations

import numpy as np
from scipy.spatial import Delaunay, cKDTree

from a2f_server.face_shapes.vectors import Float64Array, IntArray

FINE, COARSE = 0.045, 0.075
"""Distance between points around the mouth and elsewhere, in units."""
MOUTH = np.array([0.0, -0.44])
NEAR = 0.5


def inside(polygon: Float64Array, at: Float64Array) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Returns which points `[n, 2]` lie inside a polygon `[m, 2]`."""
    a, b = polygon, np.roll(polygon, -1, axis=0)
    x, y = at[:, :1], at[:, 1:]
    crosses = (a[:, 1] > y) != (b[:, 1] > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        where = a[:, 0] + (y - a[:, 1]) * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])
    return np.asarray((crosses & (x < where)).sum(axis=1) % 2 == 1)


def spread(outline: Float64Array, holes: list[Float64Array]) -> Float64Array:
    """Returns points between an outline and holes (polygons `[m, 2]`), symmetric about x = 0."""
    far = _free(_grid(COARSE), outline, holes, 0.04)
    near = _free(_grid(FINE), outline, holes, 0.02)
    near = near[np.linalg.norm((near - MOUTH) * [0.9, 1], axis=1) < NEAR]
    far = far[cKDTree(near).query(far)[0] > 0.06]
    half = np.concatenate([near, far])
    half = half[half[:, 0] > 0.012]
    middle = np.concatenate([near, far])
    middle = middle[np.abs(middle[:, 0]) <= 0.012] * [0, 1]
    return np.concatenate([half, half * [-1, 1], middle])


def triangulate(at: Float64Array, outline: Float64Array, holes: list[Float64Array]) -> IntArray:
    """Returns counter-clockwise triangles `[t, 3]` of points `[n, 2]` between the outline and the holes."""
    triangles = Delaunay(at).simplices.astype(np.int64)
    middle = at[triangles].mean(axis=1)
    kept = inside(outline, middle)
    for hole in holes:
        kept &= ~inside(hole, middle)
    triangles = triangles[kept]
    a, b, c = (at[triangles[:, corner]] for corner in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    assert np.abs(area).min() > 1e-8
    return np.asarray(np.where((area < 0)[:, None], triangles[:, ::-1], triangles))


def located(at: Float64Array, corners: Float64Array, triangles: IntArray) -> tuple[IntArray, Float64Array]:
    """Returns, for each point `[n, 2]`, the corners `[n, 3]` of its triangle and its barycentric weights."""
    a, b, c = (corners[triangles[:, i], :2] for i in range(3))
    p = at[:, None]
    whole = _cross(b - a, c - a)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.stack([_cross(b - p, c - p), _cross(c - p, a - p), _cross(a - p, b - p)], axis=-1) / whole[:, None]
    worst = np.where(np.abs(whole) > 1e-7, shares.min(axis=-1), -np.inf)
    best = worst.argmax(axis=1)
    assert worst.max(axis=1).min() > -1e-6, "a point lies in no triangle"
    return triangles[best], shares[np.arange(len(at)), best]


def _cross(a: Float64Array, b: Float64Array) -> Float64Array:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])


def _grid(step: float) -> Float64Array:
    rows = np.arange(-1.2, 1.2, step * 0.866)
    x, y = np.meshgrid(np.arange(-24, 25) * step, rows)
    x[1::2] += step / 2
    return np.stack([x.ravel(), y.ravel()], axis=-1)


def _free(at: Float64Array, outline: Float64Array, holes: list[Float64Array], clear: float) -> Float64Array:
    kept = inside(outline, at)
    for hole in holes:
        kept &= ~inside(hole, at)
    edges = cKDTree(np.concatenate([outline, *holes]))
    return np.asarray(at[kept & (edges.query(at)[0] > clear)])
