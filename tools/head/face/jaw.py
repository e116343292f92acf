"""Movement of the jaw: it rotates about the ears and slides; the skin follows in part."""

from __future__ import annotations

import numpy as np

from a2f_server.face_shapes.rings import LIP, around, upper
from a2f_server.face_shapes.vectors import ACROSS, Float64Array, smooth, turned
from tools.head.face.face_mesh import FaceMesh, lip_rings

HINGE = np.array([0.0, -0.12, 0.05])
OPEN = 17.0
"""Degrees of rotation for jawOpen."""
FORWARD = np.array([0.0, -0.012, 0.1])
LEFT = np.array([0.125, -0.008, 0.0])
SLIDES = {"jawForward": FORWARD, "jawLeft": LEFT, "jawRight": LEFT * ACROSS}


def moved(at: Float64Array, shape: str, share: Float64Array) -> Float64Array:
    """Returns the moves of points `[n, 3]` that follow the jaw by `share`, `[n]`."""
    if shape == "jawOpen":
        local = at - HINGE
        return np.asarray(turned(local, 0, OPEN * share) - local)
    return np.asarray(share[:, None] * SLIDES[shape])


def shares(face: FaceMesh, *, sealed: bool = False) -> Float64Array:
    """Returns how much the skin follows the jaw, `[n]`; with `sealed`, both lips move together."""
    net, at = face.grid, face.at
    rings = lip_rings(net)
    s, side = around(rings.shape[1]), upper(rings.shape[1])
    corner = 0.5 * np.abs(s) ** 2.6
    lips = np.where(side < 0, 1 - corner, corner)
    lips[side == 0] = 0.5
    values = np.zeros((len(at), 1))
    values[rings] = lips[None, :, None]
    if sealed:
        t = LIP[:, None]
        values[rings[: len(t)], 0] = lips + (0.6 - lips) * t**1.5
        lips = np.full(len(side), 0.6)
    deep = np.array([1, 1, 1, 0.95, 0.6, 0.3])[:, None]
    inside = rings[len(LIP) :]
    values[inside, 0] = np.where(side < 0, 1 - (1 - lips) * deep, lips * deep) * np.where(side < 0, deep, 1)
    still = (at[:, 1] > -0.2) | (at[:, 2] < 0.12) & (at[:, 1] > -0.5) | (at[:, 2] < -0.25)
    still[rings] = False
    chin = (at[:, 1] < -0.74) & (at[:, 2] > 0.3)
    values[chin] = 1
    fixed = np.concatenate([rings.ravel(), np.flatnonzero(still | chin)])
    spread = face.spread(values, fixed, rounds=400)[:, 0]
    free = np.ones(len(at), dtype=bool)
    free[rings] = False
    for _ in range(4):
        spread = np.where(free, face.mean(spread[:, None])[:, 0], spread)
    return np.asarray(smooth(-0.06, 1.06, spread) * free + spread * ~free)
