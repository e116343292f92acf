"""Colours and opacity of a triangle at a point."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from a2f_server.compiled import inlined
from a2f_server.drawing.columns import (
    CLAMP,
    HEIGHT,
    OFFSET,
    P_BLUE,
    P_GREEN,
    P_OPACITY,
    P_RED,
    P_TINTED,
    P_U,
    P_V,
    REPEAT,
    WIDTH,
    WRAP_U,
    WRAP_V,
)

Array = Any
"""A numpy array: numba reads its type at the call."""


@inlined
def colour_of(t: int, material: int, planes: Array, materials: Array, texels: Array, x: float, y: float) -> Any:
    """Returns red, green and blue of a triangle at a point, 0–255."""
    p, q, r, s, right, down = _around(t, material, planes, materials, texels, x, y)
    even, odd = between(p, q, r, s, right, down)
    red, green, blue = float(even & 0xFF), float(odd & 0xFF), float(even >> 16 & 0xFF)
    if planes[t, P_TINTED] != 0:
        red *= planes[t, P_RED] + x * planes[t, P_RED + 1] + y * planes[t, P_RED + 2]
        green *= planes[t, P_GREEN] + x * planes[t, P_GREEN + 1] + y * planes[t, P_GREEN + 2]
        blue *= planes[t, P_BLUE] + x * planes[t, P_BLUE + 1] + y * planes[t, P_BLUE + 2]
    return min(max(red, 0.0), 255.0), min(max(green, 0.0), 255.0), min(max(blue, 0.0), 255.0)


@inlined
def opacity_of(t: int, material: int, planes: Array, materials: Array, texels: Array, x: float, y: float) -> Any:
    """Returns the opacity of a triangle at a point, 0–1."""
    opacity = planes[t, P_OPACITY] + x * planes[t, P_OPACITY + 1] + y * planes[t, P_OPACITY + 2]
    p, q, r, s, right, down = _around(t, material, planes, materials, texels, x, y)
    _, odd = between(p, q, r, s, right, down)
    opacity *= (odd >> 16 & 0xFF) / 255
    return opacity


@inlined
def _around(t: int, material: int, planes: Array, materials: Array, texels: Array, x: float, y: float) -> Any:
    """Returns the four texels around a point, and how far it is to the right and down between them, in 256ths."""
    u = math.floor(planes[t, P_U] + x * planes[t, P_U + 1] + y * planes[t, P_U + 2])
    v = math.floor(planes[t, P_V] + x * planes[t, P_V + 1] + y * planes[t, P_V + 2])
    column, row = u >> 8, v >> 8
    width, height = int(materials[material, WIDTH]), int(materials[material, HEIGHT])
    offset = int(materials[material, OFFSET])
    if 0 <= column < width - 1 and 0 <= row < height - 1:
        above = offset + row * width + column
        p, q, r, s = above, above + 1, above + width, above + width + 1
    else:
        wrap_u, wrap_v = materials[material, WRAP_U], materials[material, WRAP_V]
        column0, column1 = _wrapped(column, width, wrap_u), _wrapped(column + 1, width, wrap_u)
        above = offset + width * _wrapped(row, height, wrap_v)
        below = offset + width * _wrapped(row + 1, height, wrap_v)
        p, q, r, s = above + column0, above + column1, below + column0, below + column1
    return np.int64(texels[p]), np.int64(texels[q]), np.int64(texels[r]), np.int64(texels[s]), u & 0xFF, v & 0xFF


@inlined
def between(p: Any, q: Any, r: Any, s: Any, right: Any, down: Any) -> Any:
    """Interpolates four texels: returns red (bits 0–7) and blue (16–23), and green (0–7) and alpha (16–23)."""
    last = (right * down + 128) >> 8
    second, third = right - last, down - last
    first = 256 - right - down + last
    even = (p & 0xFF00FF) * first + (q & 0xFF00FF) * second + (r & 0xFF00FF) * third + (s & 0xFF00FF) * last
    p, q, r, s = p >> 8 & 0xFF00FF, q >> 8 & 0xFF00FF, r >> 8 & 0xFF00FF, s >> 8 & 0xFF00FF
    odd = p * first + q * second + r * third + s * last
    # no more than 32 bits, so that more of them are computed at once
    return (even + 0x800080 & 0xFFFFFFFF) >> 8, (odd + 0x800080 & 0xFFFFFFFF) >> 8


@inlined
def _wrapped(at: int, size: int, mode: float) -> Any:
    if 0 <= at < size:
        return at
    if mode == CLAMP:
        return min(max(at, 0), size - 1)
    if mode == REPEAT:
        return at % size
    at %= 2 * size
    return at if at < size else 2 * size - 1 - at
