"""The mesh that all portraits share, made by `tools/portrait_template`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from a2f_server.face_shapes.vectors import Float64Array, IntArray

_FILE = Path(__file__).parent / "template.npz"


@dataclass(frozen=True)
class Template:
    """The mesh on the canonical face.

    landmarks: the canonical face `[468, 3]`, in units of 10 cm, x to its left, y up, z forward. corners, shares: three
    landmarks and their weights for each vertex on the face `[m, 3]`. triangles: `[t, 3]`, counter-clockwise. at: the
    vertices on the canonical face `[n, 3]`. jaw: how much each follows the jaw `[n]`.
    """

    landmarks: Float64Array
    corners: IntArray
    shares: Float64Array
    triangles: IntArray
    at: Float64Array
    jaw: Float64Array

    @cached_property
    def pairs(self) -> IntArray:
        """Both vertices of each edge, in both orders, `[e, 2]`."""
        edges = np.concatenate([self.triangles[:, [0, 1]], self.triangles[:, [1, 2]], self.triangles[:, [2, 0]]])
        return np.unique(np.concatenate([edges, edges[:, ::-1]]), axis=0)


def load() -> Template:
    """Reads the template."""
    with np.load(_FILE) as file:
        real = {name: file[name].astype(np.float64) for name in ("landmarks", "shares", "at", "jaw")}
        whole = {name: file[name].astype(np.int64) for name in ("corners", "triangles")}
    return Template(**real, **whole)
