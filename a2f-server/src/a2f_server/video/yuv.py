"""Converts RGB to planar YUV 4:2:0, BT.601 in limited range."""

from __future__ import annotations

from typing import Any

from a2f_server.video.compiled import compiled

Array = Any
"""A numpy array: numba reads its type at the call."""


@compiled
def to_yuv(rgb: Array, rect: Array, picture: Array) -> None:
    """Converts a rectangle of an RGB picture `[height, width, 3]`: left, top, right, bottom, all even.

    `picture[height · 3 / 2, width]` has the planes Y, U and V. Colours are averaged over 2 × 2 pixels.
    """
    height, width = rgb.shape[0], rgb.shape[1]
    half = width // 2
    for row in range(rect[1] // 2, rect[3] // 2):
        # a row of the picture has two rows of U, or of V
        u_row, u_at = height + row // 2, row % 2 * half
        v_row, v_at = height + height // 4 + (row + height // 2 % 2) // 2, (row + height // 2 % 2) % 2 * half
        for column in range(rect[0] // 2, rect[2] // 2):
            red, green, blue = 0, 0, 0
            for corner in range(4):
                y, x = 2 * row + corner // 2, 2 * column + corner % 2
                r, g, b = int(rgb[y, x, 0]), int(rgb[y, x, 1]), int(rgb[y, x, 2])
                # 16 + 65.481 r + 128.553 g + 24.966 b, in 65536ths of 1 / 255
                picture[y, x] = (1081344 + 16829 * r + 33039 * g + 6416 * b) >> 16
                red, green, blue = red + r, green + g, blue + b
            picture[u_row, u_at + column] = (33685504 - 9714 * red - 19070 * green + 28784 * blue) >> 18
            picture[v_row, v_at + column] = (33685504 + 28784 * red - 24103 * green - 4681 * blue) >> 18
