"""Converts RGB to planar YUV 4:2:0, BT.601 in limited range."""

from __future__ import annotations

from typing import Any

from a2f_server.compiled import compiled

Array = Any
"""A numpy array: numba reads its type at the call."""


@compiled
def to_yuv(rgb: Array, rect: Array, picture: Array) -> None:
    """Converts a rectangle of a picture `[height, width]`: left, top, right, bottom, all even.

    Its pixels have red, green and blue from the lowest byte up. `picture[height · 3 / 2, width]` has the planes Y, U
    and V. Colours are averaged over 2 × 2 pixels.
    """
    height, width = rgb.shape
    left, right = rect[0], rect[2]
    for y in range(rect[1], rect[3]):
        pixels, luma = rgb[y, left:right], picture[y, left:right]
        for x in range(len(luma)):
            # 16 + 65.481 r + 128.553 g + 24.966 b, in 65536ths of 1 / 255
            pixel = pixels[x]
            red, green, blue = pixel & 0xFF, pixel >> 8 & 0xFF, pixel >> 16 & 0xFF
            luma[x] = (1081344 + 16829 * red + 33039 * green + 6416 * blue) >> 16
    # U and V are planes of half the width and height
    chroma = picture[height:].reshape(2, height // 2, width // 2)
    for y in range(rect[1] // 2, rect[3] // 2):
        upper, lower = rgb[2 * y, left:right], rgb[2 * y + 1, left:right]
        us, vs = chroma[0, y, left // 2 : right // 2], chroma[1, y, left // 2 : right // 2]
        for x in range(len(us)):
            a, b, c, d = upper[2 * x], upper[2 * x + 1], lower[2 * x], lower[2 * x + 1]
            even = (a & 0xFF00FF) + (b & 0xFF00FF) + (c & 0xFF00FF) + (d & 0xFF00FF)
            green = (a >> 8 & 0xFF) + (b >> 8 & 0xFF) + (c >> 8 & 0xFF) + (d >> 8 & 0xFF)
            red, blue = even & 0xFFFF, even >> 16 & 0xFFFF
            us[x] = (33685504 - 9714 * red - 19070 * green + 28784 * blue) >> 18
            vs[x] = (33685504 + 28784 * red - 24103 * green - 4681 * blue) >> 18
