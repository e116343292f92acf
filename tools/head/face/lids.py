"""Movement of the lids: they slide over the eyeball around its centre."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from a2f_server.face_shapes.rings import around, upper
from a2f_server.face_shapes.vectors import Float64Array, length, polar, smooth
from tools.head.face import openings
from tools.head.face.face_mesh import FaceMesh
from tools.head.face.skull import BALL, EYE, LID
from tools.head.geometry.mesh import other_side

UPPER, LOWER = 1.175, 1.135
"""Radius, in eyeballs, of the edges of closed lids. A straight path from open to closed stays outside the eyeball, and
the lower lid slips behind the upper one if both move further."""


@dataclass
class LidRotation:
    """Rotation of the edges: degrees up, for the upper and the lower lid in the middle of the opening."""

    upper: float
    lower: float


TURNS = {
    "eyeSquintLeft": LidRotation(-9, 15),
    "eyeWideLeft": LidRotation(14, -5),
    "eyeLookDownLeft": LidRotation(-13, -6),
    "eyeLookUpLeft": LidRotation(8, 3),
    "cheekSquintLeft": LidRotation(0, 7),
    "eyeLookInLeft": LidRotation(0.6, 0),
    "eyeLookOutLeft": LidRotation(0.6, 0),
}


def edge(name: str, columns: int) -> tuple[Float64Array, Float64Array]:
    """Returns the change of pitch (degrees) and of radius (eyeballs) of the left eye's edge, each `[columns]`."""
    yaw, pitch = openings.aperture(columns)
    side = upper(columns)
    if name == "eyeBlinkLeft":
        turn = np.where(side == 0, 0, openings.seam(yaw) - pitch)
        out = np.where(side >= 0, UPPER, LOWER) - LID
        return turn, out * np.sqrt(np.clip(1 - around(columns) ** 2, 0, 1))
    full = np.clip(1 - around(columns) ** 2, 0, 1) ** 0.7
    turn = full * np.where(side > 0, TURNS[name].upper, TURNS[name].lower)
    return turn, np.where(side > 0, np.where(turn > 0, 0.0042, 0.0022) * np.abs(turn), -0.001 * np.clip(turn, 0, None))


def shapes(face: FaceMesh) -> dict[str, Float64Array]:
    """Returns the moves of the skin for both eyes, `[n, 3]` by shape."""
    found = {}
    for name in ("eyeBlinkLeft", *TURNS):
        left = _skin(face, name)
        found[name] = left
        found[other_side(name)] = left[face.grid.mirror] * np.array([-1, 1, 1])
    return found


def _skin(face: FaceMesh, name: str) -> Float64Array:
    eye = face.grid.eyes[0]
    rings = eye[openings.LID_START :]
    turn, out = edge(name, eye.shape[1])
    share = np.concatenate([openings.lid_share(openings.ROUND), [1.0, 1.0]])[:, None]
    lift = np.concatenate([smooth(0.0, 0.75, share[:-2, 0]), [0.25, 0.0]])[:, None]
    local = face.at[rings] - EYE
    radius = length(local)[..., 0]
    yaw = np.degrees(np.arctan2(local[..., 0], local[..., 2]))
    pitch = np.degrees(np.arcsin(local[..., 1] / radius))
    moved = polar(yaw, pitch + turn * share, radius + out * BALL * lift)
    values = np.zeros_like(face.at)
    values[rings] = moved - local
    fixed = np.concatenate([rings.ravel(), lidless(face)])
    return face.spread(values, fixed, keep=0.72, rounds=5)


def lidless(face: FaceMesh) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Returns the vertices that do not follow the left lids: the right half."""
    return np.flatnonzero(face.at[:, 0] < 0.05)
