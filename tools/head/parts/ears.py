"""The left ear: a shell with a rolled rim, a hollow and a lobe."""

from __future__ import annotations

import numpy as np

from a2f_server.face_shapes.vectors import bell, blend, points, smooth, turned
from tools.head.face.face_mesh import BLUSH, SHADE, SKIN
from tools.head.geometry.mesh import Mesh, patch

MIDDLE = np.array([0.83, -0.08, -0.1])
ROWS, COLUMNS = 13, 32


def build() -> Mesh:
    """Builds the left ear from rings, from the hollow over the rim to behind the ear."""
    t = np.linspace(0, 1, ROWS)[:, None]
    turn = np.linspace(0, 2 * np.pi, COLUMNS, endpoint=False)
    back, up = -np.cos(turn), np.sin(turn)
    # From the hollow out to the rim, then in again behind it.
    spread = np.interp(t, [0, 0.62, 0.78, 0.88, 1], [0.02, 0.9, 1.0, 0.97, 0.6])
    tall = 0.25 + 0.03 * up
    wide = 0.15 + 0.035 * back * smooth(-0.6, 0.6, up) + 0.02 * up
    rim = np.interp(t, [0, 0.3, 0.5, 0.62, 0.72, 0.8, 0.9, 1], [-0.05, -0.045, -0.005, 0.0, 0.04, 0.035, -0.01, -0.12])
    lobe = 0.03 * bell(up + 1, 0.35) * bell(t - 0.45, 0.3)
    ridge = 0.032 * bell(spread - 0.58, 0.16) * smooth(-0.5, 0.5, back) * smooth(-0.8, 0.1, up)
    lean = 0.12 * back * spread + 0.03 * up * spread
    at = points(0.04 + rim + lobe + ridge + lean, tall * up * spread, -wide * back * spread)
    hollow = smooth(0.65, 0.1, spread) * (1 - smooth(0.8, 1, t)) + 0 * turn
    color = blend(blend(SKIN, BLUSH, 0.45 * smooth(1, 0.5, t) + 0 * turn), SHADE * 0.75, 0.75 * hollow)
    return patch(turned(at, 0, -8) + MIDDLE, color, ring=True)
