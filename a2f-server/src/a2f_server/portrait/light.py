"""The light of a picture: the colour of the skin, and the saturation. Old photos and drawings are grey."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from a2f_server.face_shapes.vectors import Float64Array
from a2f_server.portrait import anatomy
from a2f_server.portrait.landmarks import Landmarks

GREY = np.array([0.299, 0.587, 0.114])
SKIN_CHROMA, LIP_CHROMA = 0.15, 0.3
"""Chroma (range of the channels by the largest) from which a picture counts as fully colourful."""
NEAR = 2
"""Pixels around a landmark."""


@dataclass(frozen=True)
class Light:
    """skin: colour of the cheeks `[3]`, sRGB, 0–1. colorful: 0 for a grey picture … 1."""

    skin: Float64Array
    colorful: float

    def tinted(self, factors: Float64Array) -> Float64Array:
        """Returns factors of red, green and blue, nearer to 1 in a grey picture."""
        return np.asarray(1 + (factors - 1) * self.colorful)


def light(picture: Image.Image, landmarks: Landmarks) -> Light:
    """Measures the cheeks and the lips."""
    colors = np.asarray(picture, np.float64) / 255
    skin, lips = (_median(colors, landmarks[list(where), :2]) for where in (anatomy.CHEEKS, anatomy.ON_LIPS))
    return Light(skin, float(np.clip(max(_chroma(skin) / SKIN_CHROMA, _chroma(lips) / LIP_CHROMA), 0, 1)))


def _chroma(color: Float64Array) -> float:
    return float((color.max() - color.min()) / max(color.max(), 0.01))


def _median(colors: Float64Array, at: Float64Array) -> Float64Array:
    height, width = colors.shape[:2]
    x = np.clip(at[:, 0].astype(int), NEAR, width - NEAR - 1)
    y = np.clip(at[:, 1].astype(int), NEAR, height - NEAR - 1)
    near = [colors[j - NEAR : j + NEAR + 1, i - NEAR : i + NEAR + 1].reshape(-1, 3) for i, j in zip(x, y, strict=True)]
    return np.asarray(np.median(np.concatenate(near), axis=0))
