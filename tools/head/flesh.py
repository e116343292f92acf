"""How soft skin follows what moves it: lips drag what is around them, and all of it keeps to the skull."""

from __future__ import annotations

import numpy as np

from tools.head import face, openings
from tools.head.face import Face
from tools.head.fields import Floats, bell, length, smooth
from tools.head.lips import Lips, Move
from tools.head.skull import skin
from tools.head.solid import normal

REACH = 0.42
"""How far from the lips the skin follows them."""
FADE = np.array([1, 0.95, 0.8, 0.5, 0.15, 0])
"""How much of the lips' movement their backs and the throat take part in."""


class Flesh:
    """The skin at rest: its normals `out` `[n, 3]`, the vertices of the `red` and its `back` `[rings, columns]`, and
    how much of each vertex is `lid`, `[n]`."""

    def __init__(self, rest: Face) -> None:
        self.face = rest
        self.out = normal(skin(), rest.at)
        self._depth = skin()(rest.at)
        rings = face.lip_rings(rest.grid)
        count, columns = len(openings.LIP), rings.shape[1]
        self.red, self.back = rings[:count], rings[count:]
        s, side = openings.around(columns), openings.upper(columns)
        t = np.broadcast_to(openings.LIP[:, None], (count, columns))
        self.lips = Lips(rest.at[self.red], np.broadcast_to(s, t.shape), np.broadcast_to(side, t.shape), t)
        self.lid = self._lid_share()
        self._drag = self._shares()

    def moved(self, move: Move) -> Floats:
        """What the lips do and what they drag along, `[n, 3]`."""
        return self.dragged(move(self.lips), kept=True)

    def dragged(self, red: Floats, *, kept: bool) -> Floats:
        """The moves of all the skin from those of the red, `[6, columns, 3]`; `kept` to the skull."""
        values = np.asarray(np.sum(self._drag[..., None] * red[0], axis=1))
        values[self.red] = red
        if kept:
            values = self.slid(values)
        values[self.back] = FADE[:, None, None] * values[self.red[-1]]
        return values

    def slid(self, moves: Floats, *, flat: bool = False) -> Floats:
        """The moves, bent so that they keep to the skull; what they say along the normal is kept unless `flat`."""
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

    def even(self, moves: Floats) -> Floats:
        """The same on both sides."""
        return face.symmetric(moves, self.face.grid)

    def _shares(self) -> Floats:
        """How much each vertex follows each one of the red's border, `[n, columns]`: the nearest most."""
        at = self.face.at
        far = length(at[:, None] - self.lips.at[0])[..., 0]
        near = 1 / (far**2 + 0.02**2) ** 2
        share = smooth(REACH, 0, far.min(axis=1)) * (1 - self.lid) * smooth(0.0, 0.25, at[:, 2])
        nose = smooth(-0.43, -0.3, at[:, 1]) * bell(at[:, 0], 0.2) * smooth(0.7, 0.85, at[:, 2])
        return np.asarray(near / near.sum(axis=1, keepdims=True) * (share * (1 - 0.85 * nose))[:, None])

    def _lid_share(self) -> Floats:
        share = np.zeros((len(self.face.at), 1))
        fixed = []
        for eye in self.face.grid.eyes:
            rings = eye[openings.LID_START :]
            values = np.concatenate([smooth(1.55, 1.2, openings.ROUND), [1, 1]])
            share[rings] = values[:, None, None]
            fixed.append(rings.ravel())
        return self.face.spread(share, np.concatenate(fixed), keep=0.6, rounds=3)[:, 0]
