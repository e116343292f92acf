"""Draws triangles into an RGB picture, with a depth buffer of 2 × 2 samples a pixel, so that edges are smooth.

The visible triangle of every sample is found first; then each pixel is shaded once for every triangle that it shows.
Arrays: `corners[t, 4]` has the three vertices and the material of each triangle; `vertices[n, 9]` and the table of
materials have the columns named below. Coordinates on the screen are in samples: twice the pixels, y downwards.
"""

from __future__ import annotations

import math
from typing import Any

from a2f_server.video.compiled import compiled, inlined

Array = Any
"""A numpy array: numba reads its type at the call."""
X, Y, NEAR, RED, GREEN, BLUE, U, V, OPACITY = range(9)
"""Columns of the vertices: place on the screen, 1 / distance, sRGB light 0–1, texture coordinates, opacity."""
OFFSET, WIDTH, HEIGHT, WRAP_U, WRAP_V, ALPHA, DOUBLE_SIDED, CUTOFF = range(8)
"""Columns of the materials: first texel, size (0: no texture), what is beyond its edges, transparency."""
OPAQUE, MASK, BLEND = 0, 1, 2
REPEAT, CLAMP, MIRROR = 0, 1, 2
EMPTY = -1
MATERIAL = 3
_INVISIBLE = 0.004


@compiled
def clear(rect: Array, depth: Array, ids: Array) -> None:
    """Empties the buffers within a rectangle of samples: left, top, right, bottom."""
    for y in range(rect[1], rect[3]):
        depth[y, rect[0] : rect[2]] = 0
        ids[y, rect[0] : rect[2]] = EMPTY


@compiled
def find_visible(
    first: int,
    last: int,
    corners: Array,
    materials: Array,
    vertices: Array,
    texels: Array,
    rect: Array,
    depth: Array,
    ids: Array,
) -> None:
    """Writes the number of the nearest opaque triangle of each sample, of `first` … `last` − 1, into `ids`."""
    left, top, right, bottom = rect[0], rect[1], rect[2], rect[3]
    for t in range(first, last):
        i, j, k, material = corners[t, 0], corners[t, 1], corners[t, 2], corners[t, MATERIAL]
        ax, ay, bx, by = vertices[i, X], vertices[i, Y], vertices[j, X], vertices[j, Y]
        cx, cy = vertices[k, X], vertices[k, Y]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        # y grows downwards, so the front is where the area is negative
        if area == 0 or (area > 0 and materials[material, DOUBLE_SIDED] == 0) or materials[material, ALPHA] == BLEND:
            continue
        if min(ax, bx, cx) >= right or max(ax, bx, cx) < left or min(ay, by, cy) >= bottom or max(ay, by, cy) < top:
            continue
        near, second, third = vertices[i, NEAR], vertices[j, NEAR], vertices[k, NEAR]
        if min(near, second, third) <= 0:
            continue
        slope_x = ((second - near) * (cy - ay) - (third - near) * (by - ay)) / area
        slope_y = ((third - near) * (bx - ax) - (second - near) * (cx - ax)) / area
        near += (0.5 - ax) * slope_x + (0.5 - ay) * slope_y
        masked = materials[material, ALPHA] == MASK
        # sorted from top to bottom, so that neighbours find their common edge at the same place
        if by < ay:
            ax, ay, bx, by = bx, by, ax, ay
        if cy < by:
            bx, by, cx, cy = cx, cy, bx, by
        if by < ay:
            ax, ay, bx, by = bx, by, ax, ay
        long = (cx - ax) / (cy - ay)
        upper = (bx - ax) / (by - ay)
        lower = (cx - bx) / (cy - by)
        for y in range(max(top, math.ceil(ay - 0.5)), min(bottom, math.ceil(cy - 0.5))):
            middle = y + 0.5
            x0 = ax + (middle - ay) * long
            x1 = ax + (middle - ay) * upper if middle < by else bx + (middle - by) * lower
            start = max(left, math.ceil(min(x0, x1) - 0.5))
            stop = min(right, math.ceil(max(x0, x1) - 0.5))
            row = near + y * slope_y
            for x in range(start, stop):
                here = row + x * slope_x
                if here >= depth[y, x]:
                    if masked:
                        alpha = _opacity(t, corners, materials, vertices, texels, x + 0.5, middle)
                        if alpha < materials[material, CUTOFF]:
                            continue
                    depth[y, x] = here
                    ids[y, x] = t


@compiled
def shade_visible(
    live: int,
    corners: Array,
    materials: Array,
    vertices: Array,
    texels: Array,
    rect: Array,
    ids: Array,
    still: Array,
    out: Array,
) -> None:
    """Draws the pixels of a rectangle of samples. Where no triangle before `live` is visible, copies `still`."""
    for y in range(rect[1] // 2, rect[3] // 2):
        for x in range(rect[0] // 2, rect[2] // 2):
            a, b = ids[2 * y, 2 * x], ids[2 * y, 2 * x + 1]
            c, d = ids[2 * y + 1, 2 * x], ids[2 * y + 1, 2 * x + 1]
            if not (0 <= a < live or 0 <= b < live or 0 <= c < live or 0 <= d < live):
                out[y, x, 0], out[y, x, 1], out[y, x, 2] = still[y, x, 0], still[y, x, 1], still[y, x, 2]
                continue
            red_sum, green_sum, blue_sum = 0.0, 0.0, 0.0
            for sample in range(4):
                t = a if sample == 0 else b if sample == 1 else c if sample == 2 else d
                if (sample > 0 and t == a) or (sample > 1 and t == b) or (sample > 2 and t == c):
                    continue
                count = (a == t) + (b == t) + (c == t) + (d == t)
                if t == EMPTY:
                    red, green, blue = float(still[y, x, 0]), float(still[y, x, 1]), float(still[y, x, 2])
                else:
                    # the middle of the samples that show this triangle
                    px = 2 * x + 0.5 + ((b == t) + (d == t)) / count
                    py = 2 * y + 0.5 + ((c == t) + (d == t)) / count
                    red, green, blue = _colour(t, corners, materials, vertices, texels, px, py)
                red_sum += count * red
                green_sum += count * green
                blue_sum += count * blue
            out[y, x, 0], out[y, x, 1], out[y, x, 2] = red_sum / 4, green_sum / 4, blue_sum / 4


@compiled
def blend(
    order: Array,
    corners: Array,
    materials: Array,
    vertices: Array,
    texels: Array,
    rect: Array,
    depth: Array,
    out: Array,
) -> None:
    """Draws transparent triangles over a picture, in the order given: farthest first."""
    for t in order:
        i, j, k, material = corners[t, 0], corners[t, 1], corners[t, 2], corners[t, MATERIAL]
        ax, ay, az = vertices[i, X], vertices[i, Y], vertices[i, NEAR]
        bx, by, bz = vertices[j, X], vertices[j, Y], vertices[j, NEAR]
        cx, cy, cz = vertices[k, X], vertices[k, Y], vertices[k, NEAR]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if min(az, bz, cz) <= 0 or area == 0 or (area > 0 and materials[material, DOUBLE_SIDED] == 0):
            continue
        left = max(rect[0], math.floor(min(ax, bx, cx))) // 2
        right = min(rect[2], math.ceil(max(ax, bx, cx)) + 1) // 2
        top = max(rect[1], math.floor(min(ay, by, cy))) // 2
        bottom = min(rect[3], math.ceil(max(ay, by, cy)) + 1) // 2
        for y in range(top, bottom):
            for x in range(left, right):
                count, column, row = 0, 0.0, 0.0
                for sample in range(4):
                    px, py = 2 * x + sample % 2 + 0.5, 2 * y + sample // 2 + 0.5
                    second = ((px - ax) * (cy - ay) - (py - ay) * (cx - ax)) / area
                    third = ((bx - ax) * (py - ay) - (by - ay) * (px - ax)) / area
                    if second < 0 or third < 0 or second + third >= 1:
                        continue
                    near = az + second * (bz - az) + third * (cz - az)
                    if near >= depth[2 * y + sample // 2, 2 * x + sample % 2]:
                        count, column, row = count + 1, column + px, row + py
                if count == 0:
                    continue
                px, py = column / count, row / count
                opacity = min(1.0, _opacity(t, corners, materials, vertices, texels, px, py)) * count / 4
                if opacity < _INVISIBLE:
                    continue
                red, green, blue = _colour(t, corners, materials, vertices, texels, px, py)
                out[y, x, 0] = int(out[y, x, 0] + opacity * (red - out[y, x, 0]) + 0.5)
                out[y, x, 1] = int(out[y, x, 1] + opacity * (green - out[y, x, 1]) + 0.5)
                out[y, x, 2] = int(out[y, x, 2] + opacity * (blue - out[y, x, 2]) + 0.5)


@inlined
def _shares(i: int, j: int, k: int, vertices: Array, x: float, y: float) -> Any:
    """Returns how much each corner of a triangle counts at a point, with perspective."""
    ax, ay = vertices[i, X], vertices[i, Y]
    bx, by = vertices[j, X] - ax, vertices[j, Y] - ay
    cx, cy = vertices[k, X] - ax, vertices[k, Y] - ay
    px, py = x - ax, y - ay
    second = (px * cy - py * cx) * vertices[j, NEAR]
    third = (bx * py - by * px) * vertices[k, NEAR]
    first = (bx * cy - by * cx - (px * cy - py * cx) - (bx * py - by * px)) * vertices[i, NEAR]
    scale = 1 / (first + second + third)
    return first * scale, second * scale, third * scale


@inlined
def _colour(t: int, corners: Array, materials: Array, vertices: Array, texels: Array, x: float, y: float) -> Any:
    """Returns red, green and blue of a triangle at a point, 0–255."""
    i, j, k, material = corners[t, 0], corners[t, 1], corners[t, 2], corners[t, MATERIAL]
    a, b, c = _shares(i, j, k, vertices, x, y)
    red = a * vertices[i, RED] + b * vertices[j, RED] + c * vertices[k, RED]
    green = a * vertices[i, GREEN] + b * vertices[j, GREEN] + c * vertices[k, GREEN]
    blue = a * vertices[i, BLUE] + b * vertices[j, BLUE] + c * vertices[k, BLUE]
    if materials[material, WIDTH] > 0:
        u = a * vertices[i, U] + b * vertices[j, U] + c * vertices[k, U]
        v = a * vertices[i, V] + b * vertices[j, V] + c * vertices[k, V]
        p, q, r, s, right, down = _texel(materials, material, u, v)
        red *= _between(texels, p, q, r, s, 0, right, down)
        green *= _between(texels, p, q, r, s, 1, right, down)
        blue *= _between(texels, p, q, r, s, 2, right, down)
    else:
        red, green, blue = red * 255, green * 255, blue * 255
    return min(red, 255.0), min(green, 255.0), min(blue, 255.0)


@inlined
def _opacity(t: int, corners: Array, materials: Array, vertices: Array, texels: Array, x: float, y: float) -> Any:
    """Returns the opacity of a triangle at a point, 0–1."""
    i, j, k, material = corners[t, 0], corners[t, 1], corners[t, 2], corners[t, MATERIAL]
    a, b, c = _shares(i, j, k, vertices, x, y)
    opacity = a * vertices[i, OPACITY] + b * vertices[j, OPACITY] + c * vertices[k, OPACITY]
    if materials[material, WIDTH] > 0:
        u = a * vertices[i, U] + b * vertices[j, U] + c * vertices[k, U]
        v = a * vertices[i, V] + b * vertices[j, V] + c * vertices[k, V]
        p, q, r, s, right, down = _texel(materials, material, u, v)
        opacity *= _between(texels, p, q, r, s, 3, right, down) / 255
    return opacity


@inlined
def _texel(materials: Array, material: int, u: float, v: float) -> Any:
    """Returns the four texels around a point, and how far it is to the right and down between them."""
    width, height = int(materials[material, WIDTH]), int(materials[material, HEIGHT])
    x, y = u * width - 0.5, v * height - 0.5
    column, row = math.floor(x), math.floor(y)
    right, down = x - column, y - row
    wrap_u, wrap_v, offset = materials[material, WRAP_U], materials[material, WRAP_V], int(materials[material, OFFSET])
    column0, column1 = _wrapped(column, width, wrap_u), _wrapped(column + 1, width, wrap_u)
    row0 = offset + width * _wrapped(row, height, wrap_v)
    row1 = offset + width * _wrapped(row + 1, height, wrap_v)
    return row0 + column0, row0 + column1, row1 + column0, row1 + column1, right, down


@inlined
def _between(texels: Array, p: int, q: int, r: int, s: int, channel: int, right: float, down: float) -> Any:
    above = texels[p, channel] + right * (float(texels[q, channel]) - texels[p, channel])
    below = texels[r, channel] + right * (float(texels[s, channel]) - texels[r, channel])
    return above + down * (below - above)


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
