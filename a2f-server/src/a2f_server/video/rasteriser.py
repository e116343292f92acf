"""Draws triangles into an RGB picture, with a depth buffer of 2 × 2 samples a pixel, so that edges are smooth.

The visible triangle of every sample is found first; then each pixel is shaded once for every triangle that it shows.
Pixels that look as they do at rest are copied. Coordinates on the screen are in samples: twice the pixels, y downwards.

Arrays: `corners[t, 4]` has the three vertices and the material of each triangle; `vertices[n, 9]`, the materials and
`planes[t, 21]` have the columns named below; `texels[k]` has red, green, blue and alpha, from the lowest byte up;
pictures are `[3, height, width]`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from a2f_server.video.compiled import compiled, inlined

Array = Any
"""A numpy array: numba reads its type at the call."""
X, Y, NEAR, RED, GREEN, BLUE, U, V, OPACITY = range(9)
"""Columns of the vertices: place on the screen, 1 / distance, sRGB light 0–1, texture coordinates, opacity."""
OFFSET, WIDTH, HEIGHT, WRAP_U, WRAP_V, ALPHA, DOUBLE_SIDED, CUTOFF = range(8)
"""Columns of the materials: first texel, size (0: no texture), what is beyond its edges, transparency."""
OPAQUE, MASK, BLEND = 0, 1, 2
REPEAT, CLAMP, MIRROR = 0, 1, 2
PLANES = 21
"""Columns of a triangle's planes: a corner's x and y; red, green, blue, u (texels), v and opacity at that corner, each
with its growth per sample to the right and down, in threes; 0 at last if the light is white everywhere."""
_RED, _GREEN, _BLUE, _U, _V, _OPACITY, _TINTED = 2, 5, 8, 11, 14, 17, 20
EMPTY, MIXED = -1, -2
"""No triangle; more than one."""
MATERIAL = 3
_INVISIBLE = 0.004
_WHITE = 0.998


@compiled
def clear(rect: Array, depth: Array, ids: Array) -> None:
    """Empties the buffers within a rectangle of samples: left, top, right, bottom."""
    for y in range(rect[1], rect[3]):
        depth[y, rect[0] : rect[2]] = 0
        ids[y, rect[0] : rect[2]] = EMPTY


@compiled
def find_visible(  # noqa: PLR0912, PLR0915 - one loop, for speed
    corners: Array,
    materials: Array,
    vertices: Array,
    texels: Array,
    rect: Array,
    depth: Array,
    ids: Array,
    planes: Array,
    most: float,
) -> Any:
    """Writes the number of the nearest opaque triangle of each sample into `ids`, and the planes of all in sight.

    Returns whether it did: not if the rectangles around all triangles have more than `most` samples.
    """
    samples = 0.0
    left, top, right, bottom = rect[0], rect[1], rect[2], rect[3]
    for t in range(len(corners)):
        i, j, k, material = corners[t, 0], corners[t, 1], corners[t, 2], corners[t, MATERIAL]
        ax, ay, bx, by = vertices[i, X], vertices[i, Y], vertices[j, X], vertices[j, Y]
        cx, cy = vertices[k, X], vertices[k, Y]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        # y grows downwards, so the front is where the area is negative
        if area == 0 or (area > 0 and materials[material, DOUBLE_SIDED] == 0):
            continue
        if min(ax, bx, cx) >= right or max(ax, bx, cx) < left or min(ay, by, cy) >= bottom or max(ay, by, cy) < top:
            continue
        near, second, third = vertices[i, NEAR], vertices[j, NEAR], vertices[k, NEAR]
        if min(near, second, third) <= 0:
            continue
        across = min(right, max(ax, bx, cx)) - max(left, min(ax, bx, cx))
        samples += across * (min(bottom, max(ay, by, cy)) - max(top, min(ay, by, cy)))
        if samples > most:
            return False
        _set_planes(t, i, j, k, material, area, vertices, materials, planes)
        if materials[material, ALPHA] == BLEND:
            continue
        slope_x = ((second - near) * (cy - ay) - (third - near) * (by - ay)) / area
        slope_y = ((third - near) * (bx - ax) - (second - near) * (cx - ax)) / area
        masked = materials[material, ALPHA] == MASK
        near += (0.5 - ax) * slope_x + (0.5 - ay) * slope_y
        step, number = np.float32(slope_x), np.int32(t)
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
            if start >= stop:
                continue
            # not from `start`, so that the rounding of depths does not depend on the rectangle
            here = np.float32(near + y * slope_y)
            depths, numbers = depth[y], ids[y]
            # unsigned, because Python's negative indices would take another look at each
            begin, end = np.uint64(start), np.uint64(stop)
            if masked:
                for x in range(begin, end):
                    now = here + np.float32(x) * step
                    if now >= depths[x]:
                        opacity = _opacity(t, material, planes, materials, texels, float(x) + 0.5, middle)
                        if opacity >= materials[material, CUTOFF]:
                            depths[x], numbers[x] = now, number
                continue
            for x in range(begin, end):
                now = here + np.float32(x) * step
                closer = now >= depths[x]
                depths[x] = now if closer else depths[x]
                numbers[x] = number if closer else numbers[x]
    return True


@compiled
def shade_visible(
    corners: Array,
    materials: Array,
    texels: Array,
    rect: Array,
    ids: Array,
    pairs: Array,
    planes: Array,
    moved: Array,
    rest_ids: Array,
    rest: Array,
    background: Array,
    out: Array,
) -> None:
    """Draws the pixels of a rectangle of samples.

    `pairs` are the ids, two at a time. Copies `rest` where a triangle that has not moved (`moved[t]`) is visible now as
    in `rest_ids[height, width]`.
    """
    last = rect[2] // 2
    for y in range(rect[1] // 2, rect[3] // 2):
        upper, lower, before = ids[2 * y], ids[2 * y + 1], rest_ids[y]
        above, below = pairs[2 * y], pairs[2 * y + 1]
        reds, greens, blues = out[0, y], out[1, y], out[2, y]
        x = rect[0] // 2
        while x < last:
            at = 2 * x
            a, b, c, d = upper[at], upper[at + 1], lower[at], lower[at + 1]
            if a != b or a != c or a != d:
                red, green, blue = _mixed(a, b, c, d, float(x), y, corners, planes, materials, texels, background)
                reds[x], greens[x], blues[x] = red, green, blue
                x += 1
                continue
            stop = x + 1
            pair = above[x]
            while stop < last and pair == above[stop] and pair == below[stop]:
                stop += 1
            while x < stop and a == before[x] and (a == EMPTY or moved[a] == 0):
                reds[x], greens[x], blues[x] = rest[0, y, x], rest[1, y, x], rest[2, y, x]
                x += 1
            if a == EMPTY:
                for i in range(x, stop):
                    reds[i], greens[i], blues[i] = background[0], background[1], background[2]
            elif x < stop:
                _fill(a, x, stop, y, corners[a, MATERIAL], planes, materials, texels, reds, greens, blues)
            x = stop


@inlined
def _fill(
    t: int,
    start: int,
    stop: int,
    y: int,
    material: int,
    planes: Array,
    materials: Array,
    texels: Array,
    reds: Array,
    greens: Array,
    blues: Array,
) -> None:
    """Draws pixels of a row that show one triangle."""
    dx, dy = 2 * float(start) + 1 - planes[t, 0], 2.0 * y + 1 - planes[t, 1]
    width, height = np.int64(materials[material, WIDTH]), np.int64(materials[material, HEIGHT])
    count = np.int64(stop - start)
    # in 65536ths of a texel
    u = np.int64((planes[t, _U] + dx * planes[t, _U + 1] + dy * planes[t, _U + 2]) * 65536)
    v = np.int64((planes[t, _V] + dx * planes[t, _V + 1] + dy * planes[t, _V + 2]) * 65536)
    step_u, step_v = np.int64(planes[t, _U + 1] * 131072), np.int64(planes[t, _V + 1] * 131072)
    # no step is longer than the texture: `count` of them would be more than an integer can hold
    inside = -width * 65536 <= step_u <= width * 65536 and -height * 65536 <= step_v <= height * 65536
    inside = inside and min(u, u + count * step_u) >= 0 and max(u, u + count * step_u) < (width - 1) * 65536
    inside = inside and min(v, v + count * step_v) >= 0 and max(v, v + count * step_v) < (height - 1) * 65536
    red = planes[t, _RED] + dx * planes[t, _RED + 1] + dy * planes[t, _RED + 2]
    green = planes[t, _GREEN] + dx * planes[t, _GREEN + 1] + dy * planes[t, _GREEN + 2]
    blue = planes[t, _BLUE] + dx * planes[t, _BLUE + 1] + dy * planes[t, _BLUE + 2]
    step_red, step_green, step_blue = 2 * planes[t, _RED + 1], 2 * planes[t, _GREEN + 1], 2 * planes[t, _BLUE + 1]
    if width > 0 and inside:
        offset, tinted = np.int64(materials[material, OFFSET]), planes[t, _TINTED] != 0
        for x in range(start, stop):
            above = np.uint64(offset + (v >> 16) * width + (u >> 16))
            below = above + np.uint64(width)
            p, q = np.int64(texels[above]), np.int64(texels[above + np.uint64(1)])
            r, s = np.int64(texels[below]), np.int64(texels[below + np.uint64(1)])
            right, down = u >> 8 & 0xFF, v >> 8 & 0xFF
            even = _between(p, q, r, s, right, down)
            odd = _between(p >> 8, q >> 8, r >> 8, s >> 8, right, down)
            if tinted:
                reds[x] = min(max(red, 0.0), 1.0) * (even & 0xFF)
                greens[x] = min(max(green, 0.0), 1.0) * (odd & 0xFF)
                blues[x] = min(max(blue, 0.0), 1.0) * (even >> 16 & 0xFF)
                red, green, blue = red + step_red, green + step_green, blue + step_blue
            else:
                reds[x], greens[x], blues[x] = even & 0xFF, odd & 0xFF, even >> 16 & 0xFF
            u, v = u + step_u, v + step_v
    elif width == 0:
        for x in range(start, stop):
            reds[x] = min(max(red, 0.0), 1.0) * 255
            greens[x] = min(max(green, 0.0), 1.0) * 255
            blues[x] = min(max(blue, 0.0), 1.0) * 255
            red, green, blue = red + step_red, green + step_green, blue + step_blue
    else:
        for x in range(start, stop):
            red, green, blue = _colour(t, material, planes, materials, texels, 2 * float(x) + 1, 2.0 * y + 1)
            reds[x], greens[x], blues[x] = red, green, blue


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
    background: Array,
) -> Any:
    """Returns the colour of a pixel whose samples show several triangles."""
    if a != EMPTY and _touches(a, b, corners) and _touches(a, c, corners) and _touches(a, d, corners):
        # a smooth surface: the triangle with most samples shows its colour in the middle
        t = b if b in (c, d) else c if c == d else a
        return _colour(t, corners[t, MATERIAL], planes, materials, texels, 2 * x + 1, 2.0 * y + 1)
    red_sum, green_sum, blue_sum = 2.0, 2.0, 2.0
    for sample in range(4):
        t = a if sample == 0 else b if sample == 1 else c if sample == 2 else d
        if (sample > 0 and t == a) or (sample > 1 and t == b) or (sample > 2 and t == c):
            continue
        count = (a == t) + (b == t) + (c == t) + (d == t)
        red, green, blue = float(background[0]), float(background[1]), float(background[2])
        if t != EMPTY:
            # the middle of the samples that show this triangle
            px = 2 * x + 0.5 + ((b == t) + (d == t)) / count
            py = 2 * y + 0.5 + ((c == t) + (d == t)) / count
            red, green, blue = _colour(t, corners[t, MATERIAL], planes, materials, texels, px, py)
        red_sum, green_sum, blue_sum = red_sum + count * red, green_sum + count * green, blue_sum + count * blue
    return red_sum / 4, green_sum / 4, blue_sum / 4


@inlined
def _touches(one: int, other: int, corners: Array) -> Any:
    """Returns whether two triangles are one, or have a vertex in common."""
    if one == other:
        return True
    if other == EMPTY:
        return False
    i, j, k = corners[other, 0], corners[other, 1], corners[other, 2]
    p, q, r = corners[one, 0], corners[one, 1], corners[one, 2]
    return p in (i, j, k) or q in (i, j, k) or r in (i, j, k)


@compiled
def note_visible(ids: Array, rest_ids: Array) -> None:
    """Writes the triangle of each pixel into `rest_ids`: MIXED where its samples show several."""
    for y in range(rest_ids.shape[0]):
        for x in range(rest_ids.shape[1]):
            a = ids[2 * y, 2 * x]
            same = a == ids[2 * y, 2 * x + 1] and a == ids[2 * y + 1, 2 * x] and a == ids[2 * y + 1, 2 * x + 1]
            rest_ids[y, x] = a if same else MIXED


@compiled
def blend(
    order: Array,
    corners: Array,
    materials: Array,
    vertices: Array,
    texels: Array,
    rect: Array,
    depth: Array,
    planes: Array,
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
                # a little beside the middle, so that it is on no edge of two triangles
                px, py = 2 * x + 1.00113, 2 * y + 1.00257
                second = ((px - ax) * (cy - ay) - (py - ay) * (cx - ax)) / area
                third = ((bx - ax) * (py - ay) - (by - ay) * (px - ax)) / area
                if second < 0 or third < 0 or second + third > 1:
                    continue
                near = az + second * (bz - az) + third * (cz - az)
                count = 0
                for sample in range(4):
                    count += near >= depth[2 * y + sample // 2, 2 * x + sample % 2]
                opacity = min(1.0, _opacity(t, material, planes, materials, texels, px, py)) * count / 4
                if opacity < _INVISIBLE:
                    continue
                red, green, blue = _colour(t, material, planes, materials, texels, px, py)
                out[0, y, x] = int(out[0, y, x] + opacity * (red - out[0, y, x]) + 0.5)
                out[1, y, x] = int(out[1, y, x] + opacity * (green - out[1, y, x]) + 0.5)
                out[2, y, x] = int(out[2, y, x] + opacity * (blue - out[2, y, x]) + 0.5)


@inlined
def _set_planes(
    t: int, i: int, j: int, k: int, material: int, area: float, vertices: Array, materials: Array, planes: Array
) -> None:
    """Writes the planes of a triangle. It is small, so perspective is straight within it."""
    ax, ay = vertices[i, X], vertices[i, Y]
    bx, by = (vertices[j, X] - ax) / area, (vertices[j, Y] - ay) / area
    cx, cy = (vertices[k, X] - ax) / area, (vertices[k, Y] - ay) / area
    planes[t, 0], planes[t, 1] = ax, ay
    tinted = 0.0
    for channel in range(6):
        value = vertices[i, RED + channel]
        first, second = vertices[j, RED + channel] - value, vertices[k, RED + channel] - value
        if channel < 3 and min(value, value + first, value + second) < _WHITE:
            tinted = 1.0
        if channel in (3, 4):
            texels = materials[material, WIDTH + channel - 3]
            value, first, second = value * texels - 0.5, first * texels, second * texels
        planes[t, 2 + 3 * channel] = value
        planes[t, 3 + 3 * channel] = first * cy - second * by
        planes[t, 4 + 3 * channel] = second * bx - first * cx
    planes[t, _TINTED] = tinted


@inlined
def _colour(t: int, material: int, planes: Array, materials: Array, texels: Array, x: float, y: float) -> Any:
    """Returns red, green and blue of a triangle at a point, 0–255."""
    dx, dy = x - planes[t, 0], y - planes[t, 1]
    red, green, blue = 255.0, 255.0, 255.0
    if materials[material, WIDTH] > 0:
        p, q, r, s, right, down = _around(t, material, planes, materials, texels, dx, dy)
        even = _between(p, q, r, s, right, down)
        odd = _between(p >> 8, q >> 8, r >> 8, s >> 8, right, down)
        red, green, blue = float(even & 0xFF), float(odd & 0xFF), float(even >> 16 & 0xFF)
    if planes[t, _TINTED] != 0:
        red *= planes[t, _RED] + dx * planes[t, _RED + 1] + dy * planes[t, _RED + 2]
        green *= planes[t, _GREEN] + dx * planes[t, _GREEN + 1] + dy * planes[t, _GREEN + 2]
        blue *= planes[t, _BLUE] + dx * planes[t, _BLUE + 1] + dy * planes[t, _BLUE + 2]
    return min(max(red, 0.0), 255.0), min(max(green, 0.0), 255.0), min(max(blue, 0.0), 255.0)


@inlined
def _opacity(t: int, material: int, planes: Array, materials: Array, texels: Array, x: float, y: float) -> Any:
    """Returns the opacity of a triangle at a point, 0–1."""
    dx, dy = x - planes[t, 0], y - planes[t, 1]
    opacity = planes[t, _OPACITY] + dx * planes[t, _OPACITY + 1] + dy * planes[t, _OPACITY + 2]
    if materials[material, WIDTH] > 0:
        p, q, r, s, right, down = _around(t, material, planes, materials, texels, dx, dy)
        opacity *= (_between(p >> 8, q >> 8, r >> 8, s >> 8, right, down) >> 16 & 0xFF) / 255
    return opacity


@inlined
def _around(t: int, material: int, planes: Array, materials: Array, texels: Array, dx: float, dy: float) -> Any:
    """Returns the four texels around a point, and how far it is to the right and down between them, in 256ths."""
    u = math.floor((planes[t, _U] + dx * planes[t, _U + 1] + dy * planes[t, _U + 2]) * 256)
    v = math.floor((planes[t, _V] + dx * planes[t, _V + 1] + dy * planes[t, _V + 2]) * 256)
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
def _between(p: Any, q: Any, r: Any, s: Any, right: Any, down: Any) -> Any:
    """Interpolates two bytes of four texels at once: bits 0–7 and 16–23."""
    above = ((p & 0xFF00FF) * (256 - right) + (q & 0xFF00FF) * right + 0x800080) >> 8 & 0xFF00FF
    below = ((r & 0xFF00FF) * (256 - right) + (s & 0xFF00FF) * right + 0x800080) >> 8 & 0xFF00FF
    return (above * (256 - down) + below * down + 0x800080) >> 8


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
