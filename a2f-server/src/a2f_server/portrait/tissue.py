"""Soft tissue: what the skin does around the lips, and the shapes of brows, cheeks and nose.

Computed once on the canonical face, since vertices have the same position on every face.
"""

from __future__ import annotations

import numpy as np

from a2f_server.face_shapes.rings import WIDTH
from a2f_server.face_shapes.vectors import Float64Array, bell, points, smooth
from a2f_server.portrait import anatomy, layout
from a2f_server.portrait.contours import LID
from a2f_server.portrait.template import Template

REACH = 0.44
"""Distance from the lips within which the skin follows them, for a mouth of the width that the shapes are made for."""
NOSE_DAMPING = 0.85
FADE = np.array([1, 1, 1, 0.95, 0.85])
"""Shares of its movement with which the rings behind the line of contact follow it."""
BROWS = 0.75
"""Strength of the brow shapes."""
SIDES = {"Left": 1.0, "Right": -1.0}


class Tissue:
    """Weights and moves of each vertex of the template."""

    def __init__(self, template: Template) -> None:
        self._at, self._face = template.at, template.landmarks
        self.lid = self._lids()
        self._drag = self._dragged()
        self._on_face = np.ones(len(self._at))
        self._on_face[layout.AROUND[1:]] = 0
        self._on_face[layout.AROUND[0]] = 0.5

    def dragged(self, red: Float64Array) -> Float64Array:
        """Extends moves of the red `[6, 64, 3]` to the whole skin, `[n, 3]`."""
        moves = np.asarray(self._drag @ red[0])
        moves[layout.RED] = red
        moves[layout.BACK] = FADE[:, None, None] * red[-1]
        return moves

    def constant(self) -> dict[str, Float64Array]:
        """Returns the shapes that are the same on every face, in the head's coordinates."""
        found: dict[str, Float64Array] = {"cheekPuff": np.zeros_like(self._at), "browInnerUp": np.zeros_like(self._at)}
        for side in SIDES:
            found[f"cheekSquint{side}"] = self.cheek(side, 0.06)
            found[f"noseSneer{side}"] = self._sneer(side)
            found["cheekPuff"] += self._puff(side)
            brows = self._brows(side)
            found["browInnerUp"] += brows.pop("browInnerUp")
            found |= brows
        return found

    def cheek(self, side: str, lift: float) -> Float64Array:
        """Returns the rise of a cheek by `lift` units."""
        sign = SIDES[side]
        x, y, _ = (self._at * [sign, 1, 1]).T
        share = bell(np.hypot(x - 0.36, (y + 0.1) * 1.15), 0.2) * (1 - self.lid) * self._on_face
        return points(sign * 0.1 * lift * share, lift * share, 0.4 * lift * share)

    def _dragged(self) -> Float64Array:
        border = self._at[layout.RED[0]]
        half = float(np.ptp(border[:, 0])) / 2
        k = WIDTH / half
        far = np.linalg.norm(self._at[:, None, :2] - border[None, :, :2], axis=-1)
        near = 1 / (far**2 + (0.02 / k) ** 2) ** 2
        share = smooth(REACH / k, 0, far.min(axis=1)) * (1 - self.lid)
        base = self._face[anatomy.NOSE_BASE, 1]
        nose = smooth(base - 0.12, base + 0.05, self._at[:, 1]) * bell(self._at[:, 0], 0.22)
        return np.asarray(near / near.sum(axis=1, keepdims=True) * (share * (1 - NOSE_DAMPING * nose))[:, None])

    def _lids(self) -> Float64Array:
        share = np.zeros(len(self._at))
        for rings in layout.LIDS.values():
            share[rings] = smooth(1.2, 0.5, LID)[:, None]
        return share

    def _sneer(self, side: str) -> Float64Array:
        sign = SIDES[side]
        wing = self._face[anatomy.LEFT_WING]
        x, y, _ = (self._at * [sign, 1, 1]).T
        share = bell(np.hypot(x - wing[0], y - wing[1]), 0.1)
        fold = bell(np.hypot(x - wing[0] - 0.12, y - wing[1] + 0.05), 0.13)
        bridge = bell(np.hypot(x - 0.08, y - 0.2), 0.1)
        lift = (0.05 * share + 0.03 * fold + 0.02 * bridge) * (1 - self.lid)
        return points(sign * 0.01 * share, lift, 0 * share)

    def _puff(self, side: str) -> Float64Array:
        sign = SIDES[side]
        x, y, _ = (self._at * [sign, 1, 1]).T
        share = bell(np.hypot(x - 0.43, (y + 0.42) * 1.1), 0.22) * self._on_face
        return points(sign * 0.05 * share, 0, 0.1 * share)

    def _brows(self, side: str) -> dict[str, Float64Array]:
        """Applies the brow moves of the page's head (tools/head) along this face's brows."""
        sign = SIDES[side]
        line = self._face[list(anatomy.EYES["Left"].brow)]
        order = np.argsort(line[:, 0])
        x, y, _ = (self._at * [sign, 1, 1]).T
        along = (x - line[:, 0].min()) / np.ptp(line[:, 0])
        off = y - np.interp(x, line[order, 0], line[order, 1])
        share = np.where(off > 0, bell(off, 0.3), bell(off, 0.17)) * smooth(1.5, 0.9, along) * smooth(-0.55, 0, along)
        share = BROWS * share * (1 - self.lid) * self._on_face
        u = np.clip(along, 0, 1.1)
        inner = np.clip(1 - u, 0, None)
        outer = 0.10 * smooth(0.05, 0.7, u) - 0.03 * smooth(0.75, 1.1, u)
        return {
            f"browDown{side}": points(-0.03 * sign * inner * share, (-0.025 - 0.055 * inner**0.9) * share, 0),
            "browInnerUp": points(0, 0.11 * inner**1.5 * share, 0),
            f"browOuterUp{side}": points(0.01 * sign * u * share, outer * share, 0),
        }
