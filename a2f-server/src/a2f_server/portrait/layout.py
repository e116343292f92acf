"""The vertices of a portrait's skin: which rows belong to the lips, the lids and the surroundings."""

from __future__ import annotations

import numpy as np

from a2f_server.face_shapes.rings import LIP
from a2f_server.face_shapes.vectors import IntArray
from a2f_server.portrait.contours import LID, LID_COLUMNS, LIP_COLUMNS

BACK_RINGS = 5
"""Rings behind the line of contact: the inner side of the lips."""
OVAL_COLUMNS = 72
OUTSIDE = np.array([0.07, 0.16, 0.3, 0.48, 0.7, 1.0, 1.4])
"""Distances of the rings around the face, in units. One more ring lies on the frame."""


def _block(start: int, rows: int, columns: int) -> IntArray:
    return start + np.arange(rows * columns, dtype=np.int64).reshape(rows, columns)


RED = _block(0, len(LIP), LIP_COLUMNS)
"""The lips, from the border of the red to the line of contact."""
BACK = _block(RED.size, BACK_RINGS, LIP_COLUMNS)
_LIDS = int(BACK.max()) + 1
LIDS = {
    "Left": _block(_LIDS, len(LID), LID_COLUMNS),
    "Right": _block(_LIDS + len(LID) * LID_COLUMNS, len(LID), LID_COLUMNS),
}
"""Each eye's lids, from their edge to the line around the eye."""
OVAL = _block(int(LIDS["Right"].max()) + 1, 1, OVAL_COLUMNS)[0]
"""The outline of the face, from the middle of the forehead to its left and around."""
AROUND = _block(int(OVAL.max()) + 1, len(OUTSIDE) + 1, OVAL_COLUMNS)
"""Rings around the outline; the last one lies on the frame."""
SKIN_START = int(AROUND.max()) + 1
"""All other vertices lie on the face."""


def ring_triangles(rings: IntArray) -> IntArray:
    """Connects rings `[rows, columns]`, each vertex with the next row's; the last column meets the first.

    Triangles are counter-clockwise if columns are, and rows go inwards.
    """
    next_column = np.roll(rings, -1, axis=1)
    quads = np.stack([rings[:-1], next_column[:-1], next_column[1:], rings[1:]], axis=-1).reshape(-1, 4)
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
