"""Triangle meshes with vertex colours and morphs, and operations on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from a2f_server.face_shapes.vectors import ACROSS, Float64Array, IntArray, unit


@dataclass
class Mesh:
    """Vertices `[n, 3]`, triangles `[t, 3]` (counter-clockwise from outside), linear RGB colours `[n, 3]`, and the
    moves `[n, 3]` of each shape."""

    at: Float64Array
    triangles: IntArray
    color: Float64Array
    morphs: dict[str, Float64Array] = field(default_factory=dict)

    def normals(self, shape: str | None = None) -> Float64Array:
        """Returns the vertex normals at rest, or with one shape at 1."""
        at = self.at + self.morphs[shape] if shape else self.at
        a, b, c = (at[self.triangles[:, corner]] for corner in range(3))
        facing = np.cross(b - a, c - a)
        total = np.zeros_like(at)
        for corner in range(3):
            np.add.at(total, self.triangles[:, corner], facing)
        return unit(total)


def merged(meshes: Sequence[Mesh]) -> Mesh:
    """Merges meshes; each keeps its own shapes."""
    starts = np.cumsum([0, *(len(mesh.at) for mesh in meshes)])
    names = dict.fromkeys(name for mesh in meshes for name in mesh.morphs)
    return Mesh(
        np.concatenate([mesh.at for mesh in meshes]),
        np.concatenate([mesh.triangles + start for mesh, start in zip(meshes, starts, strict=False)]),
        np.concatenate([mesh.color for mesh in meshes]),
        {n: np.concatenate([m.morphs.get(n, np.zeros_like(m.at)) for m in meshes]) for n in names},
    )


def mirrored(mesh: Mesh) -> Mesh:
    """Returns the mirror image, with left and right swapped in the names of its shapes."""
    morphs = {other_side(name): moves * ACROSS for name, moves in mesh.morphs.items()}
    return Mesh(mesh.at * ACROSS, mesh.triangles[:, ::-1].copy(), mesh.color.copy(), morphs)


def other_side(name: str) -> str:
    """Swaps left and right in the name of a shape."""
    return name.replace("Left", "Right") if "Left" in name else name.replace("Right", "Left")


def patch(at: Float64Array, color: Float64Array, *, ring: bool = False, inside_out: bool = False) -> Mesh:
    """Makes a mesh of a grid `[rows, columns, 3]`; with `ring` the last column connects to the first.

    Seen from outside, columns run to the right if rows run up.
    """
    rows, columns = at.shape[:2]
    index = np.arange(rows * columns).reshape(rows, columns)
    if ring:
        index = np.concatenate([index, index[:, :1]], axis=1)
    quads = np.stack([index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]], axis=-1).reshape(-1, 4)
    if inside_out:
        quads = quads[:, ::-1]
    colors = np.array(np.broadcast_to(color, at.shape)).reshape(-1, 3)
    return Mesh(at.reshape(-1, 3), halved(quads), colors)


def halved(quads: IntArray) -> IntArray:
    """Splits each quad into two triangles."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
