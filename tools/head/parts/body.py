"""The neck and a hoodie."""

from __future__ import annotations

import numpy as np

from a2f_server.face_shapes.vectors import Float64Array, bell, blend, points, rgb, smooth
from tools.head.face.face_mesh import SHADE, SKIN
from tools.head.geometry.mesh import Mesh, merged, mirrored, patch

CLOTH = rgb(0xE0705A)
CLOTH_DARK = rgb(0xA84537)
CORD = rgb(0xF6EBDD)
COLUMNS = 48
RAISED = np.array([0.0, 0.1, 0.0])
"""Offset of the hoodie from the coordinates it was modelled in."""


def neck() -> Mesh:
    """Builds the neck, from inside the collar to inside the head."""
    y, wide, deep, z = _between(
        [
            [-1.75, 0.5, 0.48, -0.2],
            [-1.4, 0.4, 0.39, -0.2],
            [-1.05, 0.37, 0.37, -0.22],
            [-0.75, 0.39, 0.39, -0.29],
            [-0.5, 0.36, 0.35, -0.29],
            [-0.25, 0.3, 0.28, -0.28],
        ]
    )
    return patch(_rings(y, wide, deep, z), _neck_color(y), ring=True)


def _between(profile: list[list[float]]) -> Float64Array:
    """Interpolates heights, half widths, half depths and centres of twenty rings."""
    known = np.array(profile)
    y = np.linspace(known[0, 0], known[-1, 0], 20)
    return np.stack([np.interp(y, known[:, 0], column) for column in known.T])


def _neck_color(y: Float64Array) -> Float64Array:
    shade = 0.85 * smooth(-1.45, -0.95, y) + 0.4 * smooth(-1.4, -1.6, y)
    return blend(SKIN, SHADE * np.array([0.93, 0.9, 0.88]), np.clip(shade, 0, 1))[:, None]


def _rings(y: Float64Array, wide: Float64Array, deep: Float64Array, z: Float64Array) -> Float64Array:
    """Returns ellipses around the middle from bottom to top, `[rows, columns, 3]`."""
    turn = np.linspace(0, 2 * np.pi, COLUMNS, endpoint=False)
    return points(wide[:, None] * np.sin(turn), y[:, None], deep[:, None] * np.cos(turn) + z[:, None])


def hoodie() -> Mesh:
    """Builds the hoodie: shoulders, a stand-up collar, the hood behind it, two cords."""
    cord = _cord()
    whole = merged([_torso(), _hood(), cord, mirrored(cord)])
    whole.at = whole.at + RAISED
    return whole


def _torso() -> Mesh:
    profile = np.array(
        [
            # y, half width, half depth, z
            [-2.45, 1.08, 0.58, -0.2],
            [-2.2, 1.1, 0.6, -0.2],
            [-2.0, 1.07, 0.6, -0.2],
            [-1.86, 0.98, 0.58, -0.2],
            [-1.76, 0.85, 0.55, -0.2],
            [-1.68, 0.7, 0.52, -0.2],
            [-1.6, 0.57, 0.49, -0.19],
            [-1.53, 0.51, 0.47, -0.18],
            [-1.46, 0.49, 0.47, -0.17],
            [-1.4, 0.475, 0.46, -0.17],
            [-1.37, 0.45, 0.44, -0.17],
            [-1.38, 0.42, 0.41, -0.17],
            [-1.46, 0.4, 0.39, -0.17],
            [-1.62, 0.4, 0.39, -0.17],
        ]
    )
    at = _rings(*profile.T)
    front = (at[..., 2] + 0.17) / 0.46
    collar = smooth(-1.72, -1.45, at[..., 1])
    # The collar is lower in front.
    at[..., 1] -= 0.11 * collar * smooth(0.2, 1, front)
    inside = smooth(10, 12.5, np.arange(len(profile)))[:, None]
    color = blend(CLOTH, CLOTH_DARK, 0.85 * inside + 0.45 * bell(np.arange(len(profile)) - 7, 0.9)[:, None] + 0 * front)
    return patch(at, color, ring=True)


def _hood() -> Mesh:
    """Builds the hood as a roll around the neck, thickest behind."""
    around = np.radians(np.linspace(-142, 142, 41))[:, None]
    turn = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    behind = np.cos(around)
    size = 0.09 + 0.05 * smooth(-0.4, 1, behind)
    end = np.sqrt(np.clip(1 - (np.abs(around) / np.radians(143)) ** 8, 0.0, 1))
    radius = 0.53 + 0.05 * behind + size * np.cos(turn) * end
    y = (
        -1.6
        + 0.04 * behind
        + size * (1 + 0.7 * smooth(-0.2, 1, behind)) * np.sin(turn) * end
        - 0.1 * smooth(0.2, -0.9, behind)
    )
    at = points(radius * np.sin(around), y, -0.17 - radius * np.cos(around))
    fold = 0.5 * bell(np.sin(turn) - 0.2, 0.3) * (np.cos(turn) < 0)
    color = blend(CLOTH, CLOTH_DARK, np.clip(fold + 0.6 * smooth(0.0, -1, np.cos(turn)), 0, 1) + 0 * around)
    return patch(at, color, ring=True)


def _cord() -> Mesh:
    t = np.linspace(0, 1, 10)[:, None]
    turn = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    thick = np.where(t > 0.86, 0.034, 0.022) * np.sqrt(np.clip(1 - np.abs(2 * t - 1) ** 12, 0, 1))
    x = 0.17 + 0.035 * t + thick * np.cos(turn)
    y = -1.62 - 0.58 * t + 0 * turn
    z = np.interp(-y, [1.6, 1.76, 1.86, 2.0, 2.2], [0.31, 0.345, 0.375, 0.395, 0.395]) + 0.012 + thick * np.sin(turn)
    at = points(x, y, z)
    return patch(at, CORD, ring=True)
