"""The hair: a cap on the skull, and locks swept over it to the character's left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from a2f_server.face_shapes.vectors import Float64Array, blend, length, polar, rgb, smooth, unit
from tools.head.geometry.mesh import Mesh, merged, patch

DEEP = rgb(0x3A2018)
MID = rgb(0x5E3826)
SHINE = rgb(0x94623F)
MIDDLE = np.array([0.0, 0.28, -0.14])
AXES = np.array([0.9, 0.93, 1.0])


def scalp(yaw: Float64Array, pitch: Float64Array, lift: Float64Array) -> Float64Array:
    """Returns points at a height `lift` above the cranium."""
    away = polar(yaw, pitch) * AXES
    out = unit(polar(yaw, pitch) / AXES)
    return np.asarray(MIDDLE + away + lift[..., None] * out)


def build() -> Mesh:
    """Builds all hair; it has no shapes."""
    return merged([_cap(), *(lock.mesh() for lock in LOCKS)])


def _hairline(yaw: Float64Array) -> Float64Array:
    """Returns the pitch of the hairline: forehead, temple, sideburn, over the ear, nape."""
    return np.interp(
        np.abs(yaw),
        [0, 25, 42, 52, 62, 70, 76, 84, 100, 112, 124, 140, 180],
        [37, 36, 31, 21, 4, -20, -27, -12, -8, -30, -47, -57, -60],
    )


def _cap() -> Mesh:
    rows, columns = 26, 72
    yaw = np.linspace(-180, 180, columns, endpoint=False)
    t = np.linspace(0, 1, rows)[:, None]
    line = _hairline(yaw)
    # From the crown, behind the top, to the hairline; the last rows are under the skin.
    pitch = 89.5 + (line - 89.5) * np.minimum(t / 0.93, 1)
    edge = np.clip((t - 0.68) / 0.32, 0, 1)
    body = 0.105 * smooth(-60, 20, pitch) + 0.045
    strand = 0.5 + 0.5 * np.sin(np.radians(yaw) * 20 + 3 * np.sin(np.radians(yaw) * 3) + 2.5 * t)
    lift = body * np.sqrt(np.clip(1 - edge**2.4, 0, 1)) - 0.06 * (edge > 0.99)
    lift = lift + 0.016 * strand * smooth(0.12, 0.4, t) * (1 - 0.7 * edge)
    at = scalp(yaw + 0 * t, pitch, lift)
    color = blend(DEEP, MID, 0.25 + 0.75 * strand * (1 - edge))
    return patch(at, color, ring=True, inside_out=True)


@dataclass
class Lock:
    """A lock along points of (yaw, pitch, lift); `wide` and `thick` are those of its middle."""

    path: list[tuple[float, float, float]]
    wide: float
    thick: float
    shade: float = 0.5

    def mesh(self) -> Mesh:
        """Builds a tapered tube with a ridge."""
        rows, columns = 15, 9
        t = np.linspace(0, 1, rows)
        yaw, pitch, lift = (_through(np.array(self.path)[:, axis], t) for axis in range(3))
        middle = scalp(yaw, pitch, lift)
        forth = unit(np.gradient(middle, axis=0))
        out = unit(unit(middle - MIDDLE) - forth * np.sum(unit(middle - MIDDLE) * forth, axis=1, keepdims=True))
        aside = np.cross(forth, out)
        size = (np.clip(np.sin(np.pi * (0.12 + 0.87 * t**0.85)), 0, 1) ** 0.6)[:, None, None]
        turn = np.linspace(0, 2 * np.pi, columns, endpoint=False)
        around = self.wide * np.cos(turn)[:, None] * aside[:, None] + self.thick * np.sin(turn)[:, None] * out[:, None]
        crest = smooth(-0.2, 1, np.sin(turn)) * np.sin(np.pi * (0.1 + 0.88 * t))[:, None] ** 0.8
        color = blend(blend(DEEP, MID, 0.35 + 0.65 * crest), SHINE, 0.55 * self.shade * crest**2)
        return patch(middle[:, None] + size * around, color, ring=True, inside_out=True)


def _through(values: Float64Array, t: Float64Array) -> Float64Array:
    """Interpolates evenly spaced values with a Catmull-Rom spline."""
    ends = np.concatenate([[2 * values[0] - values[1]], values, [2 * values[-1] - values[-2]]])
    position = t * (len(values) - 1)
    i = np.minimum(position.astype(int), len(values) - 2)
    f = position - i
    a, b, c, d = (ends[i + k] for k in range(4))
    return np.asarray(b + 0.5 * f * (c - a + f * (2 * a - 5 * b + 4 * c - d + f * (3 * (b - c) + d - a))))


LOCKS = [
    # The fringe: up from the parting on the right and over to the left.
    Lock([(-34, 46, 0.06), (-16, 50, 0.2), (12, 47, 0.22), (38, 36, 0.1), (50, 20, 0.03)], 0.15, 0.1, 0.9),
    Lock([(-36, 54, 0.06), (-20, 60, 0.24), (8, 60, 0.29), (40, 52, 0.2), (62, 30, 0.06)], 0.17, 0.12, 1.0),
    Lock([(-30, 42, 0.04), (-10, 44, 0.14), (8, 41, 0.16), (24, 35, 0.11), (34, 28, 0.06)], 0.1, 0.07, 0.7),
    Lock([(-40, 62, 0.06), (-28, 70, 0.24), (20, 74, 0.3), (62, 62, 0.2), (82, 36, 0.06)], 0.18, 0.12, 0.8),
    Lock([(-52, 68, 0.06), (-60, 80, 0.22), (90, 82, 0.27), (100, 64, 0.18), (104, 36, 0.06)], 0.18, 0.12, 0.6),
    # The left side, down to the temple.
    Lock([(42, 50, 0.14), (54, 34, 0.13), (62, 16, 0.09), (66, -4, 0.04)], 0.12, 0.06, 0.5),
    Lock([(66, 48, 0.16), (76, 28, 0.14), (84, 8, 0.08), (90, -8, 0.03)], 0.14, 0.07, 0.5),
    # The right side, away from the parting.
    Lock([(-36, 48, 0.05), (-48, 44, 0.13), (-60, 26, 0.12), (-66, 2, 0.05)], 0.12, 0.07, 0.6),
    Lock([(-42, 58, 0.07), (-60, 52, 0.15), (-76, 30, 0.13), (-84, 2, 0.05)], 0.14, 0.08, 0.5),
    Lock([(-54, 66, 0.08), (-80, 58, 0.16), (-98, 34, 0.13), (-106, 6, 0.05)], 0.15, 0.08, 0.4),
]


def under(at: Float64Array) -> Float64Array:
    """Returns the shading of the skin under the hair, `[n]`, 0–1."""
    yaw = np.degrees(np.arctan2(at[:, 0], at[:, 2]))
    away = (at - MIDDLE) / AXES
    pitch = np.degrees(np.arcsin(np.clip(away[:, 1] / length(away)[:, 0], -1, 1)))
    return np.asarray(smooth(-10, 1, pitch - _hairline(yaw)))
