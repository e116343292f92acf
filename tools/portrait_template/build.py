"""Builds the template: points on the face, triangles, and how much each vertex follows the jaw."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, diags
from scipy.sparse.linalg import splu

from a2f_server.face_shapes.rings import around, upper
from a2f_server.face_shapes.vectors import Float64Array, IntArray
from a2f_server.portrait import layout, rest
from a2f_server.portrait.anatomy import OVAL
from a2f_server.portrait.contours import LIP_COLUMNS
from a2f_server.portrait.geometry import Frame, Pose
from tools.portrait_template import canonical, sampling

UPRIGHT = Pose(100.0, np.zeros(2), np.eye(3))
WIDE = Frame(-3.0, -3.0, 3.0, 3.0)
JAW_LINE = {
    **{152: 1.0, 148: 1.0, 377: 1.0, 176: 0.97, 400: 0.97, 149: 0.88, 378: 0.88, 150: 0.74, 379: 0.74},
    **{136: 0.55, 365: 0.55, 172: 0.34, 397: 0.34, 58: 0.14, 288: 0.14, 132: 0.03, 361: 0.03},
}
"""Shares of the jaw's turn with which landmarks on the outline of the face follow it."""
CORNER = 0.4
"""Share of the jaw's turn with which the corners of the mouth follow it."""


def build(task: Path) -> dict[str, NDArray[Any]]:
    """Returns the arrays of the template."""
    face, triangles = canonical.read(task)
    shown = rest.openings(face)
    bare = rest.place(face, shown, UPRIGHT, WIDE, np.zeros((0, 3), np.int64), np.zeros((0, 3))).at
    outline, holes = bare[layout.OVAL, :2], [bare[ring, :2] for ring in _borders()]
    points = sampling.spread(outline, holes)
    corners, shares = sampling.located(points, face, triangles)
    at = rest.place(face, shown, UPRIGHT, WIDE, corners, shares).at
    net = _triangles(at, holes)
    return {
        "landmarks": face.astype(np.float32),
        "corners": corners.astype(np.uint16),
        "shares": shares.astype(np.float32),
        "triangles": net.astype(np.uint16),
        "at": at.astype(np.float32),
        "jaw": _jaw(at, face, net).astype(np.float16),
    }


def _borders() -> list[IntArray]:
    return [layout.RED[0], *(lids[-1] for lids in layout.LIDS.values())]


def _triangles(at: Float64Array, holes: list[Float64Array]) -> IntArray:
    flat = np.concatenate([*_borders(), layout.OVAL, np.arange(layout.SKIN_START, len(at))])
    skin = flat[sampling.triangulate(at[flat, :2], at[layout.OVAL, :2], holes)]
    rings = np.concatenate([layout.OVAL[None], layout.AROUND])
    lids = [layout.ring_triangles(each[::-1]) for each in layout.LIDS.values()]
    mouth = layout.ring_triangles(np.concatenate([layout.RED, layout.BACK]))
    return np.concatenate([skin, layout.ring_triangles(rings), *lids, mouth])


def _jaw(at: Float64Array, face: Float64Array, net: IntArray) -> Float64Array:
    """Returns how much each vertex follows the jaw: known at the lips, the chin and where nothing moves."""
    values = np.full(len(at), np.nan)
    x, y = np.abs(at[:, 0]), at[:, 1]
    base, chin = face[2, 1], face[152, 1]
    values[(y > base + 0.05 - 0.3 * x)] = 0
    values[layout.AROUND[3:]] = 0
    values[(np.arange(len(at)) >= layout.SKIN_START) & (y < chin + 0.22) & (x < 0.26)] = 1
    _set_outline(values)
    lips = _lip_shares()
    values[layout.RED] = lips
    values[layout.BACK] = lips
    spread = _solved(at, net, values)
    free = np.ones(len(at), bool)
    free[np.concatenate([layout.RED.ravel(), layout.BACK.ravel()])] = False
    mean = _mean(len(at), net)
    for _ in range(12):
        spread = np.where(free, 0.5 * spread + 0.5 * (mean @ spread), spread)
    spread[layout.AROUND[3]] *= 0.5
    spread[layout.AROUND[4:]] = 0
    return np.clip(spread, 0, 1)


def _set_outline(values: Float64Array) -> None:
    for landmark, share in JAW_LINE.items():
        values[layout.OVAL[2 * OVAL.index(landmark)]] = share


def _lip_shares() -> Float64Array:
    s, side = around(LIP_COLUMNS), upper(LIP_COLUMNS)
    full = np.clip(1 - s * s, 0, 1) ** 0.55
    return np.where(side < 0, CORNER + (1 - CORNER) * full, np.where(side > 0, CORNER * (1 - full), CORNER))


def _solved(at: Float64Array, net: IntArray, values: Float64Array) -> Float64Array:
    """Fills the gaps (NaN) with the smoothest values: a harmonic function on the mesh."""
    edges = np.concatenate([net[:, [0, 1]], net[:, [1, 2]], net[:, [2, 0]]])
    edges = np.concatenate([edges, edges[:, ::-1]])
    weight = 1 / np.maximum(np.linalg.norm(at[edges[:, 0], :2] - at[edges[:, 1], :2], axis=1), 0.004)
    near = coo_matrix((weight, (edges[:, 0], edges[:, 1])), (len(at), len(at))).tocsr()
    laplace = (diags(np.asarray(near.sum(axis=1)).ravel()) - near).tocsr()
    known = np.flatnonzero(~np.isnan(values))
    free = np.flatnonzero(np.isnan(values))
    out = values.copy()
    out[free] = splu(laplace[free][:, free].tocsc()).solve(-(laplace[free][:, known] @ values[known]))
    return out


def _mean(count: int, net: IntArray) -> coo_matrix:
    edges = np.concatenate([net[:, [0, 1]], net[:, [1, 2]], net[:, [2, 0]]])
    near = coo_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), (count, count)).tocsr()
    near = ((near + near.T) > 0).astype(float)
    return diags(1 / np.maximum(np.asarray(near.sum(axis=1)).ravel(), 1)) @ near
