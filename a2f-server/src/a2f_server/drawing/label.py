"""The visible label on video of a generated face."""

from __future__ import annotations

import numpy as np

from a2f_server.arrays import Float32Array
from a2f_server.drawing.contract import Picture
from a2f_server.errors import NotInstalled
from a2f_server.glb.model import Int32Array

TEXT = "generated"
_WHITE, _BLACK, _GREY = 235, 16, 128
"""Y and chroma in limited range."""
_PLATE, _INK = 0.62, 0.94
"""Opacity of the dark background and of the text on it."""
_SMALLEST, _SHARE = 10, 1 / 36
"""Height of the letters: minimum pixels, and as a fraction of the picture's shorter side."""


class Label:
    """White text on a dark, translucent background in the lower right corner, for pictures of one size."""

    def __init__(self, width: int, height: int) -> None:
        """Raises NotInstalled without Pillow. Pictures smaller than the text show as much of it as fits."""
        letters = _letters(max(_SMALLEST, round(min(width, height) * _SHARE)))[: height - 2, : width - 2]
        tall, wide = letters.shape
        margin = max(0, min(min(width, height) // 64, height - tall, width - wide))
        bottom, right = (height - margin) // 2 * 2, (width - margin) // 2 * 2
        self._rows, self._columns = slice(bottom - tall, bottom), slice(right - wide, right)
        self._height = height
        ink = letters * np.float32(_INK)
        self._keep = (1 - ink) * np.float32(1 - _PLATE)
        self._add = (1 - ink) * np.float32(_PLATE * _BLACK) + ink * np.float32(_WHITE) + np.float32(0.5)
        # chroma has half the resolution, and is grey on both background and text
        self._chroma_rows = slice((bottom - tall) // 2, bottom // 2)
        self._chroma_columns = slice((right - wide) // 2, right // 2)

    @property
    def box(self) -> Int32Array:
        """Left, top, right and bottom of the background, in pixels."""
        return np.array([self._columns.start, self._rows.start, self._columns.stop, self._rows.stop], np.int32)

    def draw(self, picture: Picture) -> None:
        """Draws the label into a picture."""
        luma = picture[self._rows, self._columns]
        luma[:] = (luma * self._keep + self._add).astype(np.uint8)
        half = self._height // 2
        for plane in picture[self._height :].reshape(2, half, -1):
            part = plane[self._chroma_rows, self._chroma_columns]
            part[:] = (part * np.float32(1 - _PLATE) + np.float32(_PLATE * _GREY + 0.5)).astype(np.uint8)


def _letters(size: int) -> Float32Array:
    """Returns the text with a border, `[even height, even width]`, 0–1."""
    try:
        from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - an optional package
    except ImportError:
        raise NotInstalled("the label on videos needs Pillow: pip install 'a2f-server[video]'") from None
    font = ImageFont.load_default(size)
    left, top, right, bottom = font.getbbox(TEXT)
    pad = max(2, size // 3)
    wide, tall = (int(-(-(side + 2 * pad) // 2) * 2) for side in (right - left, bottom - top))
    image = Image.new("L", (wide, tall))
    ImageDraw.Draw(image).text((pad - left, pad - top), TEXT, fill=255, font=font)
    return np.asarray(image, np.float32) / np.float32(255)
