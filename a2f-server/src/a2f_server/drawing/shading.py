"""Draws what is visible, once the triangle of every sample is known.

For each row, the texels of all pixels are read first, then interpolated, which the processor does for many pixels at
once. Pixels whose samples show surfaces that do not touch follow at last. columns.py describes the arrays.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from a2f_server.compiled import compiled, inlined
from a2f_server.drawing.columns import (
    FIRST,
    MATERIAL,
    MOST_U,
    MOST_V,
    P_BLUE,
    P_GREEN,
    P_RED,
    P_TINTED,
    P_U,
    P_V,
    ROW,
    TILE,
    WRAPPED,
)
from a2f_server.drawing.sampling import between, colour_of

Array = Any
"""A numpy array: numba reads its type at the call."""
_ZERO, _FULL, _ROUND = np.float32(0), np.float32(1023), np.float32(0.5)
_MOST_TEXEL = np.float32(1 << 30)
"""Beyond any texture, but an integer: a larger float would become a negative one, and a read outside of the texels."""
_WHITE = (1 << 30) - 1


@compiled
def shade(
    corners: Array,
    materials: Array,
    texels: Array,
    rect: Array,
    tiles: Array,
    ids: Array,
    fine_ids: Array,
    planes: Array,
    places: Array,
    background: int,
    rows: Array,
    out: Array,
) -> None:
    """Draws the pixels of a rectangle of samples. `rows[8, width]` is scratch, and `ids` are changed."""
    first, last = np.uint64(rect[0] // 2), np.uint64(rect[2] // 2)
    odd = rows[6:8].reshape(-1)
    for y in range(rect[1] // 2, rect[3] // 2):
        count = _resolve(y, rect, corners, tiles, ids, fine_ids, odd)
        count = _read(y, first, last, ids[y], planes, places, texels, rows, odd, count)
        _interpolate(first, last, rows, out[y])
        for i in range(count):
            x = odd[i]
            a, b, c, d = ids[y, x], ids[y, x], ids[y, x], ids[y, x]
            if tiles[y // TILE, x // TILE]:
                a, b = fine_ids[2 * y, 2 * x], fine_ids[2 * y, 2 * x + 1]
                c, d = fine_ids[2 * y + 1, 2 * x], fine_ids[2 * y + 1, 2 * x + 1]
            out[y, x] = _mixed(a, b, c, d, float(x), y, corners, planes, materials, texels, background)


@inlined
def _resolve(y: int, rect: Array, corners: Array, tiles: Array, ids: Array, fine_ids: Array, odd: Array) -> Any:
    """Writes the triangle of pixels in fine tiles, and lists those that have several; returns how many."""
    count = 0
    numbers, upper, lower = ids[y], fine_ids[2 * y], fine_ids[2 * y + 1]
    for tile in range(rect[0] // 2 // TILE, (rect[2] // 2 - 1) // TILE + 1):
        if tiles[y // TILE, tile] == 0:
            continue
        for x in range(max(rect[0] // 2, tile * TILE), min(rect[2] // 2, tile * TILE + TILE)):
            a, b, c, d = upper[2 * x], upper[2 * x + 1], lower[2 * x], lower[2 * x + 1]
            numbers[x] = a
            if a == b and a == c and a == d:
                continue
            if _touches(a, b, corners) and _touches(a, c, corners) and _touches(a, d, corners):
                # a smooth surface: the triangle with most samples shows its colour in the middle
                numbers[x] = b if b in (c, d) else c if c == d else a
            else:
                odd[count] = x
                count += 1
    return count


@inlined
def _read(
    y: int,
    first: Any,
    last: Any,
    numbers: Array,
    planes: Array,
    places: Array,
    texels: Array,
    rows: Array,
    odd: Array,
    count: int,
) -> Any:
    """Writes the four texels of each pixel, its place between them, and its light. Lists those to be wrapped."""
    firsts, seconds, thirds, fourths, parts, tints = rows[0], rows[1], rows[2], rows[3], rows[4], rows[5]
    down = np.float32(2 * y + 1)
    for x in range(first, last):
        t = np.uint64(numbers[x])
        right = np.float32(2 * np.int64(x) + 1)
        u = planes[t, P_U] + down * planes[t, P_U + 2] + right * planes[t, P_U + 1]
        v = planes[t, P_V] + down * planes[t, P_V + 2] + right * planes[t, P_V + 1]
        u, v = u if u > _ZERO else _ZERO, v if v > _ZERO else _ZERO  # also for NaN
        u, v = u if u < _MOST_TEXEL else _MOST_TEXEL, v if v < _MOST_TEXEL else _MOST_TEXEL
        column, row = min(np.int64(u), np.int64(places[t, MOST_U])), min(np.int64(v), np.int64(places[t, MOST_V]))
        at = np.uint64(places[t, FIRST] + (row >> 8) * places[t, ROW] + (column >> 8))
        under = at + np.uint64(places[t, ROW])
        firsts[x], seconds[x] = texels[at], texels[at + np.uint64(1)]
        thirds[x], fourths[x] = texels[under], texels[under + np.uint64(1)]
        parts[x] = (column & 0xFF) | (row & 0xFF) << 8
        tint = np.int64(_WHITE)
        if planes[t, P_TINTED] != 0:
            red = planes[t, P_RED] + down * planes[t, P_RED + 2] + right * planes[t, P_RED + 1]
            green = planes[t, P_GREEN] + down * planes[t, P_GREEN + 2] + right * planes[t, P_GREEN + 1]
            blue = planes[t, P_BLUE] + down * planes[t, P_BLUE + 2] + right * planes[t, P_BLUE + 1]
            tint = _tenth(red) | _tenth(green) << 10 | _tenth(blue) << 20
        tints[x] = tint
        if places[t, WRAPPED] != 0:
            odd[count] = x
            count += 1
    return count


@inlined
def _tenth(light: Any) -> Any:
    """Returns light 0–1 in ten bits; black for NaN."""
    light = light * _FULL + _ROUND
    light = light if light > _ZERO else _ZERO
    return np.int64(light if light < _FULL else _FULL)


@inlined
def _interpolate(first: Any, last: Any, rows: Array, out: Array) -> None:
    firsts, seconds, thirds, fourths, parts, tints = rows[0], rows[1], rows[2], rows[3], rows[4], rows[5]
    for x in range(first, last):
        part, tint = np.int64(parts[x]), np.int64(tints[x])
        even, odd = between(
            np.int64(firsts[x]),
            np.int64(seconds[x]),
            np.int64(thirds[x]),
            np.int64(fourths[x]),
            part & 0xFF,
            part >> 8 & 0xFF,
        )
        red = ((even & 0xFF) * (tint & 0x3FF) + 512) >> 10
        green = ((odd & 0xFF) * (tint >> 10 & 0x3FF) + 512) >> 10
        blue = ((even >> 16 & 0xFF) * (tint >> 20 & 0x3FF) + 512) >> 10
        out[x] = red | green << 8 | blue << 16


@inlined
def _mixed(
    a: int,
    b: int,
    c: int,
    d: int,
    x: float,
    y: int,
    corners: Array,
    planes: Array,
    materials: Array,
    texels: Array,
    background: int,
) -> Any:
    """Returns the colour of a pixel whose samples show several triangles."""
    red_sum, green_sum, blue_sum = 2.0, 2.0, 2.0
    for sample in range(4):
        t = a if sample == 0 else b if sample == 1 else c if sample == 2 else d
        if (sample > 0 and t == a) or (sample > 1 and t == b) or (sample > 2 and t == c):
            continue
        count = (a == t) + (b == t) + (c == t) + (d == t)
        red, green, blue = float(background & 0xFF), float(background >> 8 & 0xFF), float(background >> 16 & 0xFF)
        if t < len(corners):
            # the middle of the samples that show this triangle
            px = 2 * x + 0.5 + ((b == t) + (d == t)) / count
            py = 2 * y + 0.5 + ((c == t) + (d == t)) / count
            red, green, blue = colour_of(t, corners[t, MATERIAL], planes, materials, texels, px, py)
        red_sum, green_sum, blue_sum = red_sum + count * red, green_sum + count * green, blue_sum + count * blue
    return int(red_sum / 4) | int(green_sum / 4) << 8 | int(blue_sum / 4) << 16


@inlined
def _touches(one: int, other: int, corners: Array) -> Any:
    """Returns whether two triangles are one, or have a vertex in common."""
    if one == other:
        return True
    if one == len(corners) or other == len(corners):
        return False
    i, j, k = corners[other, 0], corners[other, 1], corners[other, 2]
    p, q, r = corners[one, 0], corners[one, 1], corners[one, 2]
    return p in (i, j, k) or q in (i, j, k) or r in (i, j, k)
