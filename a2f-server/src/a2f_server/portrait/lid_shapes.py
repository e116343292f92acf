"""The shapes of the lids, in the head's coordinates."""

from __future__ import annotations

import numpy as np

from a2f_server.face_shapes.rings import around, upper
from a2f_server.face_shapes.vectors import Float64Array, smooth
from a2f_server.portrait.contours import LID, LID_COLUMNS, Aperture

SEAM = 0.14
"""Height where the lids meet, as a share of the opening."""
OVERLAP = 0.06
"""Overlap of the upper lid over the lower one, as a share of the opening."""
FRONT = 0.012
"""Distance of a closed upper lid in front of the lower one, in units."""
SHARES = {"eyeSquint": (-0.18, 0.22), "eyeWide": (0.22, -0.06), "eyeLookDown": (-0.42, -0.1)}
SHARES |= {"eyeLookUp": (0.2, 0.05), "cheekSquint": (0, 0.14)}
"""Rise of the upper and the lower lid, as a share of the opening."""


def moves(eye: Aperture) -> dict[str, Float64Array]:
    """Returns the moves of one eye's lids `[6, 32, 3]`, by shape without its side."""
    q, side = around(LID_COLUMNS), upper(LID_COLUMNS)
    full = np.clip(1 - q * q, 0, 1)
    above, below = 1 - smooth(0.1, 1, LID)[:, None], 1 - smooth(0, 1, LID)[:, None]
    follow = np.where(side >= 0, above, below)
    found = {"eyeBlink": follow[..., None] * _blink(eye, side, full)}
    for name, (up, low) in SHARES.items():
        rise = eye.gap * full**0.7 * np.where(side > 0, up, np.where(side < 0, low, 0))
        found[name] = follow[..., None] * np.column_stack([0 * rise, rise, 0 * rise])
    return found


def _blink(eye: Aperture, side: Float64Array, full: Float64Array) -> Float64Array:
    upper_edge = np.where((side >= 0)[:, None], eye.edge, eye.across)
    lower_edge = np.where((side <= 0)[:, None], eye.edge, eye.across)
    height = (upper_edge - lower_edge)[:, 1]
    seam = lower_edge + (upper_edge - lower_edge) * SEAM
    move = seam - eye.edge
    move[:, 1] -= np.where(side > 0, OVERLAP * height.max() * full**0.3, 0)
    move[:, 2] += np.where(side > 0, FRONT * full**0.3, 0)
    return move
