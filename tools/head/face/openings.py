"""Positions of the lips and lids, as functions of the position around an opening and the distance from its edge."""

from __future__ import annotations

import numpy as np

from a2f_server.face_shapes.rings import LIP, WIDTH, around, upper
from a2f_server.face_shapes.vectors import Float64Array, bell, points, polar, smooth, unit
from tools.head.face.skull import BALL, EYE, ahead, skin
from tools.head.geometry.solid import hit, normal

HEIGHT = -0.53
"""Height of the mouth."""
BORDER = 5
"""Index of the ring where the red of the lips starts."""
CONTACT = BORDER + len(LIP) - 1
"""Index of the ring where the lips touch."""
INSIDE = 17 - CONTACT - 1


def lips(columns: int) -> Float64Array:
    """Returns the rings from the border of the red to the line of contact, `[6, columns, 3]`."""
    s, side = around(columns), upper(columns)
    full = np.clip(1 - s * s, 0, None)
    line = HEIGHT + 0.058 * s * s - 0.01 * bell(s, 0.28)
    above = 0.09 * full**0.75 - 0.026 * bell(s, 0.13) + 0.016 * bell(np.abs(s) - 0.27, 0.16)
    border = np.where(side > 0, above, -0.108 * full**0.58)
    rise = np.interp(LIP, LIP, [0, 0.2, 0.45, 0.74, 0.94, 1])[:, None]
    y = line + np.where(side == 0, 0, border) * (1 - rise)
    x = WIDTH * s * (1 + 0.09 * (1 - rise) * s**6)
    upper_bulge = np.interp(LIP, LIP, [0.004, 0.022, 0.046, 0.062, 0.045, -0.012])[:, None] * full**0.55
    lower_bulge = np.interp(LIP, LIP, [0.004, 0.028, 0.064, 0.078, 0.052, -0.012])[:, None] * full**0.6
    base = ahead(x.ravel(), y.ravel())
    out = unit(normal(skin(), base)) * np.array([0.6, 0.5, 1])
    pout = np.where(side > 0, upper_bulge, lower_bulge) - 0.02 * (1 - full) * rise
    return np.asarray((base + out * pout.reshape(-1, 1)).reshape(len(LIP), columns, 3))


def mouth_inside(contact: Float64Array) -> Float64Array:
    """Returns the rings behind the line of contact: backs of the lips, oral cavity, throat."""
    s, side = around(len(contact)), upper(len(contact))
    deep = np.array([0.045, 0.085, 0.12, 0.2, 0.42, 0.62])[:, None]
    high = np.array([0.012, 0.05, 0.15, 0.17, 0.15, 0.0])[:, None] * np.sqrt(np.clip(1 - s * s, 0, None)) * side
    wide = np.array([1, 1, 1.02, 1.0, 0.75, 0])[:, None]
    flat = np.array([0, 0.1, 0.25, 0.5, 1, 1])[:, None]
    middle = np.array([0, HEIGHT, contact[:, 2].max()])
    z = contact[:, 2] * (1 - flat) + middle[2] * flat - deep
    y = contact[:, 1] * (1 - flat) + middle[1] * flat + high
    return points(contact[:, 0] * wide, y, z)


ROUND = np.array([1.5, 1.42, 1.34, 1.26, 1.18, 1.1, 1.03, 1.0])
"""Distance of the lids' rings from the centre of the opening, relative to the edge: crease to edge."""
LID_START = 3
EDGE = LID_START + len(ROUND) - 1
"""Index of the ring at the edge of the lids."""


def aperture(columns: int) -> tuple[Float64Array, Float64Array]:
    """Returns yaw and pitch (degrees, seen from the centre of the eyeball) of the edge of open lids."""
    q, side = around(columns), upper(columns)
    full = np.clip(1 - q * q, 0, None)
    lift = np.where(side > 0, 25.5 * full**0.62 * (1 + 0.08 * q), -24.5 * full**0.72)
    return 4 + 41 * q, -2 + 2.5 * q + np.where(side == 0, 0, lift)


def seam(yaw: Float64Array) -> Float64Array:
    """Returns the pitch where closed lids meet."""
    q = (yaw - 4) / 41
    return -2 + 2.5 * q - 13 * np.clip(1 - q * q, 0, None)


def lids(columns: int) -> tuple[Float64Array, Float64Array]:
    """Returns yaw and pitch of the left eye's rings from crease to edge, each `[8, columns]`."""
    yaw, pitch = aperture(columns)
    q = around(columns)
    # There is less room next to the corners: the nose, the temple.
    room = 1 - 0.76 * smooth(-0.3, -1, q) - 0.45 * smooth(0.5, 1, q)
    rounds = 1 + (ROUND[:, None] - 1) * room
    middle = np.array([4.0, 2.0])
    return middle[0] + rounds * (yaw - middle[0]), middle[1] + rounds * (pitch - middle[1])


def lid_surface(yaw: Float64Array, pitch: Float64Array) -> Float64Array:
    """Returns where rays from the centre of the left eyeball leave the skin, `[…, 3]`."""
    at = hit(skin(), EYE, polar(yaw.ravel(), pitch.ravel()), 0.8 * BALL)
    return at.reshape(*yaw.shape, 3)


def crease(at: Float64Array, side: Float64Array) -> Float64Array:
    """Adds the fold of the upper lid, a groove along its rings."""
    deep = 0.011 * bell(ROUND - 1.34, 0.07)[:, None] * np.where(side > 0, 1, 0.35)
    return np.asarray(at - unit(at - EYE) * deep[..., None])


def edge_inside(yaw: Float64Array, pitch: Float64Array) -> Float64Array:
    """Returns two rings behind the edge: one on the eyeball, one hidden behind the lid."""
    inner = EYE + polar(yaw, pitch, np.full(yaw.shape, BALL * 1.012))
    hidden = EYE + polar(4 + (yaw - 4) * 1.12, 2 + (pitch - 2) * 1.12, np.full(yaw.shape, BALL * 1.0))
    return np.stack([inner, hidden])


def lid_share(rounds: Float64Array) -> Float64Array:
    """Returns how much a ring follows the edge, 0–1."""
    return 1 - smooth(1.0, 1.46, rounds)
