"""The 478 landmarks of a face, from MediaPipe's face landmark network (networks/NOTICE).

The network takes a square of 256 × 256 pixels: the detector's box, enlarged by 1.5 and rotated so that the eyes are
level. Its landmarks are in pixels of that square, `z` on the same scale, smaller towards the viewer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from a2f_server.portrait.detector import Found, Points
from a2f_server.portrait.networks import open_network

SIDE, MARGIN = 256, 1.5
COUNT = 478

Landmarks = NDArray[np.float64]
"""`[478, 3]`: x to the right and y down in pixels of the picture, z away from the viewer on the same scale."""


class LandmarkNetwork:
    """The network, loaded once."""

    def __init__(self) -> None:
        self._network = open_network("face_landmarks")

    def find(self, picture: Image.Image, face: Found) -> tuple[Landmarks, float]:
        """Returns the landmarks of a face in an RGB picture, and the probability (0–1) that there is a face."""
        to_picture = _square(face)
        scale = float(np.hypot(*to_picture[:, 0]))
        square = _cut(picture, to_picture, scale)
        points, presence, *_ = self._network.run(None, {"input": np.asarray(square, np.float32)[None] / 255})
        found = points.reshape(COUNT, 3).astype(np.float64)
        flat = found[:, :2] @ to_picture[:, :2].T + to_picture[:, 2]
        sure = 1 / (1 + np.exp(-float(presence.ravel()[0])))
        return np.column_stack([flat, found[:, 2] * scale]), sure


def _square(face: Found) -> Points:
    """Returns the matrix `[2, 3]` from pixels of the network's square to those of the picture."""
    across, down = face.points[1] - face.points[0]
    angle = np.arctan2(down, across)
    scale = face.side * MARGIN / SIDE
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.column_stack([turn, face.centre - turn @ [SIDE / 2, SIDE / 2]])


def _cut(picture: Image.Image, to_picture: Points, scale: float) -> Image.Image:
    """Samples the square. A large picture is scaled down first: sampling alone would skip pixels."""
    factor = max(1, int(scale))
    small = picture.reduce(factor) if factor > 1 else picture
    return small.transform(
        (SIDE, SIDE), Image.Transform.AFFINE, tuple((to_picture / factor).ravel()), Image.Resampling.BILINEAR
    )
