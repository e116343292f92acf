"""The head without openings, as one solid that the skin lies on."""

from __future__ import annotations

from functools import cache

import numpy as np

from a2f_server.face_shapes.vectors import Float64Array
from tools.head.geometry.solid import Solid, both, capsule, carved, ellipsoid, hit, joined

EYE = np.array([0.375, 0.02, 0.56])
"""Centre of the left eyeball."""
BALL = 0.272
"""Radius of the eyeball."""
LID = 1.07
"""Outer radius of the lids, in eyeballs."""


@cache
def skin() -> Solid:
    """Returns the whole surface, with lids, without lips."""
    head = joined([_bones(), _nose()], 0.1)
    ball = ellipsoid((EYE[0], EYE[1], EYE[2]), (BALL * LID,) * 3)
    return joined([head, both(ball)], 0.05)


def _bones() -> Solid:
    big = joined(
        [
            ellipsoid((0, 0.28, -0.14), (0.9, 0.93, 1.0)),
            ellipsoid((0, -0.3, 0.2), (0.7, 0.8, 0.7)),
            both(ellipsoid((0.34, -0.58, 0.1), (0.23, 0.2, 0.28)), 0.1),
        ],
        0.3,
    )
    face = joined(
        [
            big,
            both(ellipsoid((0.43, -0.34, 0.52), (0.29, 0.26, 0.25)), 0.1),
            both(ellipsoid((0.37, -0.58, 0.36), (0.25, 0.24, 0.27)), 0.1),
            ellipsoid((0, -0.52, 0.6), (0.36, 0.27, 0.33)),
            ellipsoid((0, -0.9, 0.54), (0.28, 0.18, 0.24)),
            both(capsule((0.14, 0.33, 0.76), (0.58, 0.34, 0.54), 0.09, 0.09), 0.15),
        ],
        0.2,
    )
    socket = both(ellipsoid((0.36, 0.05, 0.97), (0.24, 0.2, 0.24)), 0.05)
    return carved(face, socket, 0.26)


def _nose() -> Solid:
    return joined(
        [
            capsule((0, 0.2, 0.8), (0, -0.16, 0.97), 0.075, 0.095),
            ellipsoid((0, -0.23, 1.04), (0.125, 0.11, 0.12)),
            both(ellipsoid((0.115, -0.265, 0.95), (0.07, 0.068, 0.09)), 0.03),
        ],
        0.09,
    )


def ahead(x: Float64Array, y: Float64Array) -> Float64Array:
    """Returns the points of the skin at (x, y), seen from the front, `[n, 3]`."""
    origin = np.stack([x, y, np.zeros_like(x)], axis=-1)
    return hit(skin(), origin, np.broadcast_to([0.0, 0.0, 1.0], origin.shape), 1.6)
