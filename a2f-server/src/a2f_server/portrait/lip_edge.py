"""The inner surface of the lips: rings behind the line of contact, which become visible when the lips part."""

from __future__ import annotations

import numpy as np

from a2f_server.face_shapes.rings import around, upper
from a2f_server.face_shapes.vectors import Float64Array
from a2f_server.portrait import layout
from a2f_server.portrait.contours import LIP_COLUMNS
from a2f_server.portrait.mouth_shapes import ACROSS_COLUMN

BEYOND = np.array([0.10, 0.15, 0.05, -0.3, -0.8])
"""Distance of each ring beyond the line of contact, towards the other lip, as a share of the lip's height."""
BEHIND = np.array([0.02, 0.05, 0.085, 0.12, 0.15])
LIGHT = np.array([0.9, 0.68, 0.42, 0.24, 0.14])
"""sRGB factors of the rings."""
REVEALED = np.array([0.012, 0.024, 0.026, 0.0, -0.05])
"""Distance that each ring comes out towards the other lip when they part, in units."""
UPPER = 0.4
"""Share of this that the upper lip takes."""
FOLDED = 0.8
"""Share of the last ring of the red by which the dark line between the lips is folded back when they part."""


def placed(red: Float64Array) -> Float64Array:
    """Returns the rings behind the line of contact of the red `[6, 64, 3]`, `[5, 64, 3]`."""
    s, side = around(LIP_COLUMNS), upper(LIP_COLUMNS)
    full = np.sqrt(np.clip(1 - s * s, 0, 1))
    tall = np.abs(red[0, :, 1] - red[-1, :, 1])
    out = np.tile(red[-1], (layout.BACK_RINGS, 1, 1))
    out[..., 1] -= BEYOND[:, None] * side * tall
    out[..., 2] -= BEHIND[:, None] * (0.4 + 0.6 * full)
    return out


def colors(count: int) -> Float64Array:
    """Returns the linear factors of all vertices of the skin, `[n, 3]`."""
    out = np.ones((count, 3))
    out[layout.BACK] = (LIGHT**2.2)[:, None, None]
    return out


def gap(move: Float64Array) -> Float64Array:
    """Returns how far a move `[n, 3]` parts the lips, by column."""
    line = move[layout.RED[-1], 1]
    return np.asarray((line - line[ACROSS_COLUMN]) * upper(LIP_COLUMNS))


def folded(moves: dict[str, Float64Array], red: Float64Array) -> None:
    """Folds the dark line back in shapes that part the lips, and out in those that close them: sums stay exact."""
    widest = max(float(gap(moves["jawOpen"]).max()), 1e-6)
    s, side = around(LIP_COLUMNS), upper(LIP_COLUMNS)
    full = np.sqrt(np.clip(1 - s * s, 0, 1))
    edge = FOLDED * (red[-2] - red[-1]) - [0, 0, 0.012]
    for name, move in moves.items():
        if not name.startswith(("jaw", "mouth")):
            continue
        share = (gap(move) / widest)[:, None]
        move[layout.RED[-1]] += share * edge
        move[layout.RED[-2]] += 0.3 * share * (red[-3] - red[-2])
        move[layout.BACK] += share * edge
        move[layout.BACK, 1] -= share[:, 0] * side * REVEALED[:, None] * full * np.where(side > 0, UPPER, 1)
