"""Finds the visible triangle of every sample, with depth buffers.

Where one surface is seen, a sample in the middle of each pixel is enough, since texture and light are smooth. Tiles
with edges have 2 × 2 samples a pixel, so that edges are smooth, too. columns.py describes the arrays.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from a2f_server.compiled import compiled, inlined
from a2f_server.drawing.columns import (
    ALPHA,
    BLEND,
    CUTOFF,
    DOUBLE_SIDED,
    MASK,
    MATERIAL,
    NEAR,
    OPAQUE,
    P_OPACITY,
    P_RED,
    P_TINTED,
    P_U,
    RED,
    TILE,
    WIDTH,
    X,
    Y,
)
from a2f_server.drawing.columns import OPACITY as V_OPACITY
from a2f_server.drawing.columns import U as TEXTURE_U
from a2f_server.drawing.sampling import opacity_of

Array = Any
"""A numpy array: numba reads its type at the call."""
_SIDE = 2 * TILE
_WHITE = 0.998


@compiled
def mark_edges(
    corners: Array,
    materials: Array,
    vertices: Array,
    neighbours: Array,
    edged: Array,
    rect: Array,
    facing: Array,
    tiles: Array,
) -> None:
    """Writes 1 into `tiles[y, x]` where edges may be visible, else 0.

    Edges are around the triangles that `edged[t]` tells, and between those that face us and `neighbours[t, 3]` (−1:
    none) that do not. `facing[t]` is scratch.
    """
    left, top, right, bottom = rect[0], rect[1], rect[2], rect[3]
    for y in range(top // _SIDE, (bottom - 1) // _SIDE + 1):
        tiles[y, left // _SIDE : (right - 1) // _SIDE + 1] = 0
    for t in range(len(corners)):
        i, j, k = corners[t, 0], corners[t, 1], corners[t, 2]
        ax, ay = vertices[i, X], vertices[i, Y]
        area = (vertices[j, X] - ax) * (vertices[k, Y] - ay) - (vertices[j, Y] - ay) * (vertices[k, X] - ax)
        in_front = min(vertices[i, NEAR], vertices[j, NEAR], vertices[k, NEAR]) > 0
        facing[t] = 0 if not in_front or area == 0 else -1 if area > 0 else 1
    for t in range(len(corners)):
        if facing[t] == 0 or (facing[t] < 0 and materials[corners[t, MATERIAL], DOUBLE_SIDED] == 0):
            continue
        edge = edged[t] != 0
        for side in range(3):
            edge = edge or (neighbours[t, side] >= 0 and facing[neighbours[t, side]] != facing[t])
        if not edge:
            continue
        i, j, k = corners[t, 0], corners[t, 1], corners[t, 2]
        x0 = max(left, min(vertices[i, X], vertices[j, X], vertices[k, X]))
        x1 = min(right - 1, max(vertices[i, X], vertices[j, X], vertices[k, X]))
        y0 = max(top, min(vertices[i, Y], vertices[j, Y], vertices[k, Y]))
        y1 = min(bottom - 1, max(vertices[i, Y], vertices[j, Y], vertices[k, Y]))
        if x0 <= x1 and y0 <= y1:
            for y in range(int(y0) // _SIDE, int(y1) // _SIDE + 1):
                for x in range(int(x0) // _SIDE, int(x1) // _SIDE + 1):
                    tiles[y, x] = 1


@compiled
def clear(rect: Array, tiles: Array, depth: Array, ids: Array, fine_depth: Array, fine_ids: Array, empty: int) -> None:
    """Fills the buffers within a rectangle of samples with the background, whose number is `empty`."""
    left, right = rect[0], rect[2]
    for y in range(rect[1] // 2, rect[3] // 2):
        depth[y, left // 2 : right // 2] = 0
        ids[y, left // 2 : right // 2] = empty
    for y in range(rect[1], rect[3]):
        row = tiles[y // _SIDE]
        for x in range(left // _SIDE, (right - 1) // _SIDE + 1):
            if row[x]:
                fine_depth[y, x * _SIDE : (x + 1) * _SIDE] = 0
                fine_ids[y, x * _SIDE : (x + 1) * _SIDE] = empty


@compiled
def find_visible(  # noqa: PLR0912, PLR0915 - one loop, for speed
    corners: Array,
    materials: Array,
    vertices: Array,
    texels: Array,
    rect: Array,
    tiles: Array,
    depth: Array,
    ids: Array,
    fine_depth: Array,
    fine_ids: Array,
    planes: Array,
    budget: float,
) -> Any:
    """Writes the number of the nearest opaque triangle of each sample into `ids`, and the planes of all in sight.

    `depth` and `ids` have one sample a pixel, valid where `tiles` are 0; `fine_depth` and `fine_ids` 2 × 2, valid
    elsewhere. Returns whether it did: not if the rectangles around all triangles have more than `budget` samples.
    """
    samples = 0.0
    left, top, right, bottom = np.int64(rect[0]), np.int64(rect[1]), np.int64(rect[2]), np.int64(rect[3])
    for t in range(len(corners)):
        i, j, k, material = corners[t, 0], corners[t, 1], corners[t, 2], corners[t, MATERIAL]
        ax, ay, bx, by = vertices[i, X], vertices[i, Y], vertices[j, X], vertices[j, Y]
        cx, cy = vertices[k, X], vertices[k, Y]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        # y grows downwards, so the front is where the area is negative
        if area == 0 or (area > 0 and materials[material, DOUBLE_SIDED] == 0):
            continue
        x0, x1, y0, y1 = min(ax, bx, cx), max(ax, bx, cx), min(ay, by, cy), max(ay, by, cy)
        if x0 >= right or x1 < left or y0 >= bottom or y1 < top:
            continue
        near, second, third = vertices[i, NEAR], vertices[j, NEAR], vertices[k, NEAR]
        if min(near, second, third) <= 0:
            continue
        across = min(right, max(ax, bx, cx)) - max(left, min(ax, bx, cx))
        samples += across * (min(bottom, max(ay, by, cy)) - max(top, min(ay, by, cy)))
        if samples > budget:
            return False
        _set_planes(t, i, j, k, material, area, vertices, materials, planes)
        if materials[material, ALPHA] == BLEND:
            continue
        fine, coarse = False, False
        first, last = int(max(left, x0)) // _SIDE, int(min(right - 1, x1)) // _SIDE + 1
        for y in range(int(max(top, y0)) // _SIDE, int(min(bottom - 1, y1)) // _SIDE + 1):
            for x in range(first, last):
                fine, coarse = fine or tiles[y, x] != 0, coarse or tiles[y, x] == 0
        slope_x = ((second - near) * (cy - ay) - (third - near) * (by - ay)) / area
        slope_y = ((third - near) * (bx - ax) - (second - near) * (cx - ax)) / area
        masked, number = materials[material, ALPHA] == MASK, np.int32(t)
        near -= ax * slope_x + ay * slope_y
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
        for level in range(2):
            if (level == 0 and not coarse) or (level == 1 and not fine):
                continue
            # places are in samples: row y of this level is at `size` times y, plus half a row
            size = 2.0 if level == 0 else 1.0
            scale = 0.5 if level == 0 else 1.0
            step = np.float32(slope_x * size)
            least, most = int(left * scale), int(right * scale)
            for y in range(
                max(int(top * scale), math.ceil(ay * scale - 0.5)),
                min(int(bottom * scale), math.ceil(cy * scale - 0.5)),
            ):
                middle = (y + 0.5) * size
                x0 = ax + (middle - ay) * long
                x1 = ax + (middle - ay) * upper if middle < by else bx + (middle - by) * lower
                start = max(least, math.ceil(min(x0, x1) * scale - 0.5))
                stop = min(most, math.ceil(max(x0, x1) * scale - 0.5))
                if start >= stop:
                    continue
                # not from `start`, so that the rounding of depths does not depend on the rectangle
                here = np.float32(near + middle * slope_y + 0.5 * size * slope_x)
                depths = depth[y] if level == 0 else fine_depth[y]
                numbers = ids[y] if level == 0 else fine_ids[y]
                # unsigned, because Python's negative indices would take another look at each
                begin, end = np.uint64(start), np.uint64(stop)
                if masked:
                    for x in range(begin, end):
                        now = here + np.float32(x) * step
                        if now >= depths[x]:
                            opacity = opacity_of(
                                t, material, planes, materials, texels, (float(x) + 0.5) * size, middle
                            )
                            if opacity >= materials[material, CUTOFF]:
                                depths[x], numbers[x] = now, number
                    continue
                for x in range(begin, end):
                    now = here + np.float32(x) * step
                    if now >= depths[x]:
                        depths[x], numbers[x] = now, number
    return True


@inlined
def _set_planes(
    t: int, i: int, j: int, k: int, material: int, area: float, vertices: Array, materials: Array, planes: Array
) -> None:
    """Writes the planes of a triangle. It is small, so perspective is straight within it."""
    ax, ay, scale = vertices[i, X], vertices[i, Y], 1 / area
    bx, by = (vertices[j, X] - ax) * scale, (vertices[j, Y] - ay) * scale
    cx, cy = (vertices[k, X] - ax) * scale, (vertices[k, Y] - ay) * scale
    for axis in range(2):
        # in 256ths of a texel, whose middle is at its whole number
        size, column = 256 * materials[material, WIDTH + axis], P_U + 3 * axis
        _set_plane(t, column, i, j, k, TEXTURE_U + axis, size, ax, ay, bx, by, cx, cy, vertices, planes)
        planes[t, column] -= 128
    tinted = False
    for channel in range(3):
        column = RED + channel
        tinted = tinted or min(vertices[i, column], vertices[j, column], vertices[k, column]) < _WHITE
    planes[t, P_TINTED] = 1.0 if tinted else 0.0
    if tinted:
        for channel in range(3):
            _set_plane(t, P_RED + 3 * channel, i, j, k, RED + channel, 1.0, ax, ay, bx, by, cx, cy, vertices, planes)
    if materials[material, ALPHA] != OPAQUE:
        _set_plane(t, P_OPACITY, i, j, k, V_OPACITY, 1.0, ax, ay, bx, by, cx, cy, vertices, planes)


@inlined
def _set_plane(
    t: int,
    column: int,
    i: int,
    j: int,
    k: int,
    of: int,
    scale: float,
    ax: float,
    ay: float,
    bx: float,
    by: float,
    cx: float,
    cy: float,
    vertices: Array,
    planes: Array,
) -> None:
    value = vertices[i, of]
    first, second = (vertices[j, of] - value) * scale, (vertices[k, of] - value) * scale
    right, down = first * cy - second * by, second * bx - first * cx
    planes[t, column] = value * scale - ax * right - ay * down
    planes[t, column + 1] = right
    planes[t, column + 2] = down
