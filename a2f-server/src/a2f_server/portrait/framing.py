"""Crops and scales a picture to what a portrait shows."""

from __future__ import annotations

import numpy as np
from PIL import Image

from a2f_server.portrait import anatomy
from a2f_server.portrait.landmarks import Landmarks

HEADS = 2.15
"""Height of the frame, relative to the height of the face."""
ABOVE = 0.49
"""Distance of the middle of the face from the top of the frame."""
NARROWEST = 0.75
"""Minimum width of the frame, relative to its height."""
SMALLEST, LARGEST = 512, 1024
"""Minimum and maximum pixels of the longer side."""


def framed(picture: Image.Image, landmarks: Landmarks, *, crop: bool) -> tuple[Image.Image, Landmarks]:
    """Returns the head and shoulders (without `crop`, the whole picture), scaled to a suitable even size, and the
    landmarks there."""
    left, top, width, height = _around(picture.size, landmarks) if crop else (0.0, 0.0, *map(float, picture.size))
    scale = np.clip(max(width, height), SMALLEST, LARGEST) / max(width, height)
    size = tuple(max(2, round(side * scale / 2) * 2) for side in (width, height))
    box = (left, top, left + width, top + height)
    shown = picture.resize(size, Image.Resampling.LANCZOS, box=box) if size != picture.size or crop else picture
    moved = landmarks - [left, top, 0]
    return shown, moved * [size[0] / width, size[1] / height, scale]


def _around(size: tuple[int, int], landmarks: Landmarks) -> tuple[float, float, float, float]:
    """Returns left, top, width and height of the part around the face."""
    outline = landmarks[list(anatomy.OVAL), :2]
    low, high = outline.min(axis=0), outline.max(axis=0)
    height = min(float(max(high - low)) * HEADS, size[1])
    width = min(height, size[0])
    height = min(height, width / NARROWEST)
    middle = (low + high) / 2
    left = np.clip(middle[0] - width / 2, 0, size[0] - width)
    top = np.clip(middle[1] - height * ABOVE, 0, size[1] - height)
    return round(float(left)), round(float(top)), round(width), round(height)
