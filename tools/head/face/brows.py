"""The eyebrows and eyelashes, and their shapes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from a2f_server.face_shapes.rings import around
from a2f_server.face_shapes.vectors import Float64Array, bell, polar, rgb, smooth
from tools.head.face import openings
from tools.head.face.skull import BALL, EYE, LID, ahead, skin
from tools.head.geometry.mesh import Mesh, patch
from tools.head.geometry.solid import normal

HAIR = rgb(0x3B211A)
LASH = rgb(0x1F1210)
INNER, OUTER = 0.15, 0.66
"""x at the inner and outer end of a brow."""
ROWS, COLUMNS = 20, 10


def along(x: Float64Array) -> Float64Array:
    """Converts x to 0 at the inner end of the left brow … 1 at the outer end."""
    return np.asarray((x - INNER) / (OUTER - INNER))


def height(u: Float64Array) -> Float64Array:
    """Returns the height of the brow's centre line."""
    return np.asarray(0.39 + 0.085 * np.sin(np.pi * np.clip(0.08 + 0.86 * u, 0, 1)) - 0.05 * u)


def moves(u: Float64Array) -> dict[str, Float64Array]:
    """Returns the moves of the left brow's centre line, `[n, 2]` to the left and up. browInnerUp moves both brows."""
    inner = np.clip(1 - u, 0, None)
    return {
        "browDownLeft": np.stack([-0.055 * inner, -0.03 - 0.15 * inner**0.9], axis=-1),
        "browInnerUp": np.stack([0.0 * inner, 0.175 * inner**1.5], axis=-1),
        "browOuterUpLeft": np.stack([0.01 * u, 0.15 * smooth(0.05, 0.7, u) - 0.03 * smooth(0.75, 1.1, u)], axis=-1),
    }


def brow() -> Mesh:
    """Builds the left brow."""
    u = np.linspace(0, 1, ROWS) ** 1.4
    x, y = INNER + (OUTER - INNER) * u, height(u)
    rest = _roll(u, x, y)
    mesh = patch(rest, HAIR, ring=True, inside_out=True)
    for name, move in moves(u).items():
        mesh.morphs[name] = (_roll(u, x + move[:, 0], y + move[:, 1]) - rest).reshape(-1, 3)
    return mesh


def _roll(u: Float64Array, x: Float64Array, y: Float64Array) -> Float64Array:
    middle = ahead(x, y)
    out = normal(skin(), middle)
    thick = np.sqrt(np.clip(np.sin(np.pi * (0.004 + 0.99 * u**0.62)), 0, 1))
    turn = np.linspace(0, 2 * np.pi, COLUMNS, endpoint=False)
    up = np.array([0.0, 1.0, 0.0]) - out * out[:, 1:2]
    high, deep = 0.049 * thick * (1 - 0.35 * u), 0.034 * thick
    return np.asarray(
        middle[:, None]
        + (high[:, None] * np.sin(turn))[..., None] * up[:, None]
        + (0.006 + deep[:, None] * np.cos(turn))[..., None] * out[:, None]
    )


def lashes(columns: int, edge: Callable[[str], tuple[Float64Array, Float64Array]], shapes: list[str]) -> Mesh:
    """Builds the lashes of the left upper lid, which follow its edge.

    `edge` returns the change of pitch (degrees) and of radius (eyeballs) for a shape.
    """
    half = columns // 2 + 1
    yaw, pitch = (values[:half] for values in openings.aperture(columns))
    q = around(columns)[:half]
    long = 0.025 + 0.07 * smooth(-0.9, 0.75, q) * smooth(1.12, 0.7, q)

    def shape(turn: Float64Array, lift: Float64Array) -> Float64Array:
        droop = np.clip(-turn, 0, 45) / 45
        top = polar(yaw, pitch + turn + 1.3 + 0.8 * q, BALL * (LID * 1.008 + lift))
        tip = polar(yaw + 9 * q * long / 0.16, pitch + turn + 6 - 9 * droop, BALL * (LID + lift + long * 1.3))
        under = polar(yaw, pitch + turn - 0.6, BALL * (LID * 0.99 + lift))
        return np.asarray(np.stack([top, tip, under]) + EYE)

    rest = shape(np.zeros(half), np.zeros(half))
    mesh = patch(rest, LASH)
    for name in shapes:
        turn, lift = edge(name)
        mesh.morphs[name] = (shape(turn[:half], lift[:half]) - rest).reshape(-1, 3)
    return mesh


def forehead(at: Float64Array) -> Float64Array:
    """Returns how much the points of the skin follow the left brow, `[n]`, 0–1."""
    off = at[:, 1] - height(np.clip(along(at[:, 0]), 0, 1))
    beyond = smooth(1.5, 0.9, along(at[:, 0])) * smooth(-0.55, 0.0, along(at[:, 0]))
    return np.where(off > 0, bell(off, 0.26), bell(off, 0.17)) * beyond * smooth(0.0, 0.3, at[:, 2])
