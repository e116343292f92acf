"""The tongue: a tapered pad between the lower teeth."""

from __future__ import annotations

import numpy as np

from a2f_server.face_shapes.vectors import ACROSS, Float64Array, bell, blend, points, rgb, smooth
from tools.head.geometry.mesh import Mesh, patch

FLESH = rgb(0xD9707A)
ROOT = rgb(0x6B1F28)
ROWS, COLUMNS = 14, 16


def build(line: Float64Array) -> Mesh:
    """Builds the tongue behind `line`, the middle of the lips' line of contact, `[3]`, with the shape tongueOut."""
    rest, out = _shape(line, 0.0), _shape(line, 1.0)
    along = 1 - (1 - np.linspace(0, 1, ROWS)[:, None]) ** 1.6
    turn = _turn()
    middle = 0.35 * bell(np.cos(turn), 0.3) * (np.sin(turn) > 0)
    color = blend(ROOT, FLESH, smooth(0.15, 0.75, along) * (0.85 + 0.15 * np.sin(turn)) * (1 - middle))
    tongue = patch(rest, color, ring=True)
    tongue.morphs["tongueOut"] = (out - rest).reshape(-1, 3)
    return tongue


def _turn() -> Float64Array:
    return np.linspace(0, 2 * np.pi, COLUMNS, endpoint=False)


def _shape(line: Float64Array, out: float) -> Float64Array:
    along = 1 - (1 - np.linspace(0, 1, ROWS)[:, None]) ** 1.6
    turn = _turn()
    tip = np.sqrt(np.clip(1 - np.clip((along - 0.72) / 0.28, 0, 1) ** 2.2, 0, 1))
    wide = (0.18 - 0.02 * out * smooth(0.5, 0.9, along)) * tip
    thick = (0.055 - 0.008 * out) * (0.35 + 0.65 * tip) * tip**0.3
    z = -0.64 + along * (0.4 + out * 0.6)
    sink = -0.1 + 0.045 * np.sin(np.pi * along) * (1 - out)
    # Outside it hangs over the lower lip.
    over = out * (0.075 * smooth(0.3, 0.62, along) - 0.15 * smooth(0.78, 1.0, along) ** 1.5)
    groove = -0.014 * bell(np.cos(turn), 0.35) * (np.sin(turn) > 0) * smooth(0.2, 0.5, along) * tip
    at = points(wide * np.cos(turn), sink + over + thick * np.sin(turn) + groove, z + 0 * turn)
    twin = (COLUMNS // 2 - np.arange(COLUMNS)) % COLUMNS
    return np.asarray(line + (at + at[:, twin] * ACROSS) / 2)
