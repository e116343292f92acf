"""A renderer for tests that draws the weights as brightness."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from a2f_server import arkit
from a2f_server.drawing.contract import HeadPose, Picture

JAW = arkit.INDEX["jawOpen"]
DARK, BRIGHT = 16, 235
"""Luma of a closed and of an open mouth."""


class FlatFace:
    """A grey picture, the brighter the wider the jaw is open."""

    def __init__(self, width: int = 128, height: int = 128) -> None:
        self.width, self.height = width, height
        self.drawn = 0

    def draw(self, weights: NDArray[np.float32], pose: HeadPose) -> Picture:
        """Draws the jaw."""
        self.drawn += 1
        picture = np.full((self.height * 3 // 2, self.width), 128, np.uint8)
        picture[: self.height] = round(DARK + (BRIGHT - DARK) * float(weights[JAW]))
        return picture


GLB = b"glTF" + bytes(16)
"""Stands for an avatar where `flat_faces` replaces the renderer."""


def flat_faces(glb: bytes, width: int, height: int, label: bool) -> FlatFace:
    """Loads FlatFace in place of a renderer, at a small size whatever is requested."""
    return FlatFace()
