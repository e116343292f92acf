"""Converts RGB to planar YUV 4:2:0, BT.601 in limited range."""

from __future__ import annotations

from typing import Any

from a2f_server.video.compiled import compiled, inlined

Array = Any
"""A numpy array: numba reads its type at the call."""


@compiled
def to_yuv(rgb: Array, rect: Array, picture: Array) -> None:
    """Converts a rectangle of an RGB picture `[3, height, width]`: left, top, right, bottom, all even.

    `picture[height · 3 / 2, width]` has the planes Y, U and V. Chroma is averaged over 2 × 2 pixels.
    """
    height, width = rgb.shape[1], rgb.shape[2]
    left, right = rect[0], rect[2]
    for y in range(rect[1], rect[3]):
        red, green, blue = rgb[0, y, left:right], rgb[1, y, left:right], rgb[2, y, left:right]
        luma = picture[y, left:right]
        for x in range(len(luma)):
            # 16 + 65.481 r + 128.553 g + 24.966 b, in 65536ths of 1 / 255
            luma[x] = (1081344 + 16829 * red[x] + 33039 * green[x] + 6416 * blue[x]) >> 16
    # U and V are planes of half the width and height
    chroma = picture[height:].reshape(2, height // 2, width // 2)
    for y in range(rect[1] // 2, rect[3] // 2):
        for x in range(left // 2, right // 2):
            r = _sum(rgb[0], 2 * y, 2 * x)
            g = _sum(rgb[1], 2 * y, 2 * x)
            b = _sum(rgb[2], 2 * y, 2 * x)
            chroma[0, y, x] = (33685504 - 9714 * r - 19070 * g + 28784 * b) >> 18
            chroma[1, y, x] = (33685504 + 28784 * r - 24103 * g - 4681 * b) >> 18


@inlined
def _sum(plane: Array, y: int, x: int) -> Any:
    return int(plane[y, x]) + plane[y, x + 1] + plane[y + 1, x] + plane[y + 1, x + 1]
