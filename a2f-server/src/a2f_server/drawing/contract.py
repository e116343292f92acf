"""The interface between renderers and the code that sends their pictures."""

from __future__ import annotations

from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Picture: TypeAlias = NDArray[np.uint8]
"""Planar YUV 4:2:0 `[height · 3 / 2, width]`, BT.601, limited range: PyAV's `yuv420p`. Both sides are even."""


class HeadPose(NamedTuple):
    """Rotation of the head in degrees: pitch is up, yaw to its own left, roll towards its own left shoulder."""

    pitch: float = 0.0
    yaw: float = 0.0
    roll: float = 0.0


class FaceRenderer(Protocol):
    """Renders one face. Not shared between threads; `draw` releases the GIL most of the time."""

    width: int
    height: int

    def draw(self, weights: NDArray[np.float32], pose: HeadPose) -> Picture:
        """Draws the 52 weights (`[52]`, 0–1, in the order of `arkit.NAMES`) into a new picture."""
        ...
