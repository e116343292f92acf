"""The smile in a picture, which shapes must cancel where lips close, get round or touch the teeth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from a2f_server.face_shapes.rings import around
from a2f_server.face_shapes.vectors import Float64Array, points, smooth
from a2f_server.portrait.contours import LIP_COLUMNS

USUAL_HALF = 0.246
"""Half the width of a mouth that does not smile, in units."""
MOST_RISE, MOST_WIDENING = 0.14, 0.07
UNDONE = {"mouthPucker": 0.8, "mouthFunnel": 0.6, "mouthRollLower": 0.55, "mouthRollUpper": 0.4}
UNDONE |= {"mouthShrugLower": 0.3, "mouthPressLeft": 0.6, "mouthPressRight": 0.6, "mouthClose": 0.3}
UNDONE |= {"mouthFrownLeft": 0.5, "mouthFrownRight": 0.5, "jawOpen": 0.35}
"""Share of the smile that each shape cancels at a weight of 1; one-sided shapes act on their side."""


@dataclass(frozen=True)
class Smile:
    """Distances by which the corners of the mouth are raised and moved outwards, in units."""

    rise: float
    widening: float


def smile(red: Float64Array) -> Smile:
    """Returns the smile of closed lips, `[6, 64, 3]`."""
    line = red[-1]
    corners, middle = line[[0, 32], 1].mean(), line[[14, 16, 18, 46, 48, 50], 1].mean()
    half = float(np.ptp(red[0, :, 0]) / 2)
    return Smile(
        float(np.clip(corners - middle - 0.005, 0, MOST_RISE)), float(np.clip(half - USUAL_HALF, 0, MOST_WIDENING))
    )


def room(red: Float64Array) -> float:
    """Returns how much further closed lips can smile, 0–1."""
    return 1 - 0.55 * smile(red).rise / MOST_RISE


def undone(red: Float64Array) -> dict[str, Float64Array]:
    """Returns moves of the red `[6, 64, 3]` that cancel the smile, by shape."""
    found = smile(red)
    s = np.broadcast_to(around(LIP_COLUMNS), red.shape[:2])
    whole = points(-0.6 * found.widening * s, -found.rise * np.abs(s) ** 1.8, 0.3 * found.rise * s**2)
    sides = {"Left": smooth(-0.2, 0.2, s), "Right": smooth(0.2, -0.2, s)}
    moves = {}
    for name, share in UNDONE.items():
        side = next((side for end, side in sides.items() if name.endswith(end)), np.ones_like(s))
        moves[name] = share * whole * side[..., None]
    return moves
