"""Soft tissue: the skin around the lips follows them and slides over the skull."""

from __future__ import annotations

import numpy as np

from a2f_server.face_shapes.lips import Lips, LipShape
from a2f_server.face_shapes.rings import LIP, around, upper
from a2f_server.face_shapes.vectors import Float64Array, bell, length, smooth
from tools.head.face import face_mesh, openings
from tools.head.face.face_mesh import FaceMesh
from tools.head.face.skull import skin
from tools.head.geometry.solid import normal

REACH = 0.42
"""Distance from the lips within which the skin follows them."""
FADE = np.array([1, 0.95, 0.8, 0.5, 0.15, 0])
"""Share by which the backs of the lips and the throat follow the lips, ring by ring."""


class SoftTissue:
    """The skin at rest.

    `out` are its normals `[n, 3]`, `red` and `back` the vertices of the lips' front and back `[rings, columns]`, and
    `lid` is how much each vertex belongs to a lid, `[n]`.
    """

    def __init__(self, rest: FaceMesh) -> None:
        self.face = rest
        self.out = normal(skin(), rest.at)
        self._depth = skin()(rest.at)
        rings = face_mesh.lip_rings(rest.grid)
        count, columns = len(LIP), rings.shape[1]
        self.red, self.back = rings[:count], rings[count:]
        s, side = around(columns), upper(columns)
        t = np.broadcast_to(LIP[:, None], (count, columns))
        self.lips = Lips(rest.at[self.red], np.broadcast_to(s, t.shape), np.broadcast_to(side, t.shape), t)
        self.lid = self._lid_share()
        self._drag = self._shares()

    def moved(self, move: LipShape) -> Float64Array:
        """Returns the moves of the skin for a lip shape, `[n, 3]`."""
        return self.dragged(move(self.lips), kept=True)

    def dragged(self, red: Float64Array, *, kept: bool) -> Float64Array:
        """Extends the moves of the red `[6, columns, 3]` to all the skin; `kept` keeps them on the skull."""
        values = np.asarray(np.sum(self._drag[..., None] * red[0], axis=1))
        values[self.red] = red
        if kept:
            values = self.slid(values)
        values[self.back] = FADE[:, None, None] * values[self.red[-1]]
        return values

    def slid(self, moves: Float64Array, *, flat: bool = False) -> Float64Array:
        """Corrects moves to follow the skull. Their component along the normal is kept unless `flat`."""
        moved = np.flatnonzero(np.abs(moves).max(axis=1) > 1e-4)
        at = self.face.at[moved] + moves[moved]
        wanted = self._depth[moved] + np.sum(moves[moved] * self.out[moved], axis=1)
        if flat:
            wanted = self._depth[moved]
        for _ in range(3):
            slope = normal(skin(), at)
            error = (skin()(at) - wanted) / np.maximum(np.sum(slope * slope, axis=1), 0.3)
            at = at - np.clip(error, -0.05, 0.05)[:, None] * slope
        out = np.zeros_like(moves)
        out[moved] = at - self.face.at[moved]
        return out

    def even(self, moves: Float64Array) -> Float64Array:
        """Makes moves symmetric."""
        return face_mesh.symmetric(moves, self.face.grid)

    def _shares(self) -> Float64Array:
        """Returns how much each vertex follows each vertex of the red's border, `[n, columns]`; more if closer."""
        at = self.face.at
        far = length(at[:, None] - self.lips.at[0])[..., 0]
        near = 1 / (far**2 + 0.02**2) ** 2
        share = smooth(REACH, 0, far.min(axis=1)) * (1 - self.lid) * smooth(0.0, 0.25, at[:, 2])
        nose = smooth(-0.43, -0.3, at[:, 1]) * bell(at[:, 0], 0.2) * smooth(0.7, 0.85, at[:, 2])
        return np.asarray(near / near.sum(axis=1, keepdims=True) * (share * (1 - 0.85 * nose))[:, None])

    def _lid_share(self) -> Float64Array:
        share = np.zeros((len(self.face.at), 1))
        fixed = []
        for eye in self.face.grid.eyes:
            rings = eye[openings.LID_START :]
            values = np.concatenate([smooth(1.55, 1.2, openings.ROUND), [1, 1]])
            share[rings] = values[:, None, None]
            fixed.append(rings.ravel())
        return self.face.spread(share, np.concatenate(fixed), keep=0.6, rounds=3)[:, 0]
