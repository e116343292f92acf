"""Draws transparent triangles over a picture."""

from __future__ import annotations

import math
from typing import Any

from a2f_server.compiled import compiled
from a2f_server.drawing.columns import DOUBLE_SIDED, MATERIAL, NEAR, X, Y
from a2f_server.drawing.sampling import colour_of, opacity_of

Array = Any
"""A numpy array: numba reads its type at the call."""
_INVISIBLE = 0.004


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
                opacity = min(1.0, opacity_of(t, material, planes, materials, texels, px, py)) * count / 4
                if opacity < _INVISIBLE:
                    continue
                red, green, blue = colour_of(t, material, planes, materials, texels, px, py)
                old = out[y, x]
                red = int((old & 0xFF) + opacity * (red - (old & 0xFF)) + 0.5)
                green = int((old >> 8 & 0xFF) + opacity * (green - (old >> 8 & 0xFF)) + 0.5)
                blue = int((old >> 16 & 0xFF) + opacity * (blue - (old >> 16 & 0xFF)) + 0.5)
                out[y, x] = red | green << 8 | blue << 16
