"""Draws triangles into an RGB picture, with a depth buffer of 2 × 2 samples a pixel, so that edges are smooth.

The visible triangle of every sample is found first; then each pixel is shaded once for every triangle that it shows.
Coordinates on the screen are in samples: twice the pixels, y downwards.
"""

from __future__ import annotations

import math
from typing import Any

from a2f_server.video.compiled import compiled

Array = Any
"""A numpy array: numba reads its type at the call."""
OPAQUE, MASK, BLEND = 0, 1, 2
REPEAT, CLAMP, MIRROR = 0, 1, 2
# columns of the table of materials
OFFSET, WIDTH, HEIGHT, WRAP_U, WRAP_V, ALPHA, DOUBLE_SIDED = range(7)
EMPTY = -1


@compiled
def clear(rect: Array, depth: Array, ids: Array) -> None:
    """Empties the buffers within a rectangle of samples: left, top, right, bottom."""
    for y in range(rect[1], rect[3]):
        depth[y, rect[0] : rect[2]] = 0
        ids[y, rect[0] : rect[2]] = EMPTY


@compiled
def find_visible(  # noqa: PLR0912 - one loop, for speed
    triangles: Array,
    of_material: Array,
    materials: Array,
    first: int,
    last: int,
    screen: Array,
    uv: Array,
    alphas: Array,
    texels: Array,
    cutoffs: Array,
    rect: Array,
    depth: Array,
    ids: Array,
) -> None:
    """Writes the number of the nearest triangle of each sample into `ids`, of the triangles `first` … `last` − 1.

    `screen[n, 3]` has x, y and 1 / distance of each vertex.
    """
    left, top, right, bottom = rect[0], rect[1], rect[2], rect[3]
    for t in range(first, last):
        i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        material = of_material[t]
        if materials[material, ALPHA] == BLEND:
            continue
        ax, ay, az = screen[i, 0], screen[i, 1], screen[i, 2]
        bx, by, bz = screen[j, 0], screen[j, 1], screen[j, 2]
        cx, cy, cz = screen[k, 0], screen[k, 1], screen[k, 2]
        if min(az, bz, cz) <= 0:
            continue
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        # y grows downwards, so the front is where the area is negative
        if area == 0 or (area > 0 and materials[material, DOUBLE_SIDED] == 0):
            continue
        if min(ax, bx, cx) >= right or max(ax, bx, cx) < left or min(ay, by, cy) >= bottom or max(ay, by, cy) < top:
            continue
        slope_x = ((bz - az) * (cy - ay) - (cz - az) * (by - ay)) / area
        slope_y = ((cz - az) * (bx - ax) - (bz - az) * (cx - ax)) / area
        masked = materials[material, ALPHA] == MASK
        # sorted from top to bottom, so that neighbours find the same edge at the same place
        if by < ay:
            ax, ay, az, bx, by, bz = bx, by, bz, ax, ay, az
        if cy < by:
            bx, by, cx, cy = cx, cy, bx, by
            if by < ay:
                ax, ay, bx, by = bx, by, ax, ay
        az = screen[i, 2]
        for y in range(max(top, math.ceil(ay - 0.5)), min(bottom, math.ceil(cy - 0.5))):
            middle = y + 0.5
            x0 = ax + (middle - ay) / (cy - ay) * (cx - ax)
            x1 = (
                ax + (middle - ay) / (by - ay) * (bx - ax)
                if middle < by
                else bx + (middle - by) / (cy - by) * (cx - bx)
            )
            if x1 < x0:
                x0, x1 = x1, x0
            start, stop = max(left, math.ceil(x0 - 0.5)), min(right, math.ceil(x1 - 0.5))
            near = az + (start + 0.5 - screen[i, 0]) * slope_x + (middle - screen[i, 1]) * slope_y
            for x in range(start, stop):
                here = near + (x - start) * slope_x
                if here >= depth[y, x]:
                    if (
                        masked
                        and _alpha(t, triangles, materials[material], screen, uv, alphas, texels, x + 0.5, middle)
                        < cutoffs[material]
                    ):
                        continue
                    depth[y, x] = here
                    ids[y, x] = t


@compiled
def _weights(i: int, j: int, k: int, screen: Array, x: float, y: float) -> Any:
    """Returns how much each corner of a triangle counts at a point, with perspective."""
    ax, ay = screen[i, 0], screen[i, 1]
    bx, by = screen[j, 0] - ax, screen[j, 1] - ay
    cx, cy = screen[k, 0] - ax, screen[k, 1] - ay
    px, py = x - ax, y - ay
    area = bx * cy - by * cx
    second = (px * cy - py * cx) / area
    third = (bx * py - by * px) / area
    a, b, c = (1 - second - third) * screen[i, 2], second * screen[j, 2], third * screen[k, 2]
    total = a + b + c
    return a / total, b / total, c / total


@compiled
def _wrapped(at: int, size: int, mode: int) -> Any:
    if 0 <= at < size:
        return at
    if mode == CLAMP:
        return min(max(at, 0), size - 1)
    if mode == REPEAT:
        return at % size
    at %= 2 * size
    return at if at < size else 2 * size - 1 - at


@compiled
def _texel(texels: Array, material: Array, u: float, v: float) -> Any:
    """Returns red, green, blue and alpha, 0–255, interpolated between four texels."""
    width, height = material[WIDTH], material[HEIGHT]
    x, y = u * width - 0.5, v * height - 0.5
    x0, y0 = math.floor(x), math.floor(y)
    right, down = x - x0, y - y0
    column0 = _wrapped(int(x0), width, material[WRAP_U])
    column1 = _wrapped(int(x0) + 1, width, material[WRAP_U])
    row0 = material[OFFSET] + _wrapped(int(y0), height, material[WRAP_V]) * width
    row1 = material[OFFSET] + _wrapped(int(y0) + 1, height, material[WRAP_V]) * width
    a, b = (1 - right) * (1 - down), right * (1 - down)
    c, d = (1 - right) * down, right * down
    p, q, r, s = row0 + column0, row0 + column1, row1 + column0, row1 + column1
    return (
        a * texels[p, 0] + b * texels[q, 0] + c * texels[r, 0] + d * texels[s, 0],
        a * texels[p, 1] + b * texels[q, 1] + c * texels[r, 1] + d * texels[s, 1],
        a * texels[p, 2] + b * texels[q, 2] + c * texels[r, 2] + d * texels[s, 2],
        a * texels[p, 3] + b * texels[q, 3] + c * texels[r, 3] + d * texels[s, 3],
    )


@compiled
def _alpha(
    t: int,
    triangles: Array,
    material: Array,
    screen: Array,
    uv: Array,
    alphas: Array,
    texels: Array,
    x: float,
    y: float,
) -> Any:
    """Returns the opacity of a triangle at a point, 0–1."""
    i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
    a, b, c = _weights(i, j, k, screen, x, y)
    alpha = a * alphas[i] + b * alphas[j] + c * alphas[k]
    if material[WIDTH] == 0:
        return alpha
    u, v = a * uv[i, 0] + b * uv[j, 0] + c * uv[k, 0], a * uv[i, 1] + b * uv[j, 1] + c * uv[k, 1]
    return alpha * _texel(texels, material, u, v)[3] / 255


@compiled
def _shade(
    t: int,
    triangles: Array,
    material: Array,
    screen: Array,
    uv: Array,
    lights: Array,
    texels: Array,
    x: float,
    y: float,
) -> Any:
    """Returns red, green and blue of a triangle at a point, 0–255 or more."""
    i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
    a, b, c = _weights(i, j, k, screen, x, y)
    red = a * lights[i, 0] + b * lights[j, 0] + c * lights[k, 0]
    green = a * lights[i, 1] + b * lights[j, 1] + c * lights[k, 1]
    blue = a * lights[i, 2] + b * lights[j, 2] + c * lights[k, 2]
    if material[WIDTH] == 0:
        return red * 255, green * 255, blue * 255
    u, v = a * uv[i, 0] + b * uv[j, 0] + c * uv[k, 0], a * uv[i, 1] + b * uv[j, 1] + c * uv[k, 1]
    texel = _texel(texels, material, u, v)
    return red * texel[0], green * texel[1], blue * texel[2]


@compiled
def shade_visible(
    triangles: Array,
    of_material: Array,
    materials: Array,
    live: int,
    screen: Array,
    uv: Array,
    lights: Array,
    texels: Array,
    rect: Array,
    ids: Array,
    still: Array,
    out: Array,
) -> None:
    """Draws the pixels of a rectangle of samples. Where only triangles from `live` on are visible, copies `still`."""
    for y in range(rect[1] // 2, rect[3] // 2):
        for x in range(rect[0] // 2, rect[2] // 2):
            first = ids[2 * y, 2 * x]
            second, third, fourth = ids[2 * y, 2 * x + 1], ids[2 * y + 1, 2 * x], ids[2 * y + 1, 2 * x + 1]
            if not (0 <= first < live or 0 <= second < live or 0 <= third < live or 0 <= fourth < live):
                out[y, x, 0], out[y, x, 1], out[y, x, 2] = still[y, x, 0], still[y, x, 1], still[y, x, 2]
                continue
            if first == second and first == third and first == fourth:
                red, green, blue = _shade(
                    first,
                    triangles,
                    materials[of_material[first]],
                    screen,
                    uv,
                    lights,
                    texels,
                    2.0 * x + 1,
                    2.0 * y + 1,
                )
                out[y, x, 0], out[y, x, 1], out[y, x, 2] = min(red, 255.0), min(green, 255.0), min(blue, 255.0)
                continue
            red_sum, green_sum, blue_sum = 0.0, 0.0, 0.0
            for sample in range(4):
                t = ids[2 * y + sample // 2, 2 * x + sample % 2]
                count, column, row = 0, 0.0, 0.0
                before = False
                for other in range(4):
                    if ids[2 * y + other // 2, 2 * x + other % 2] == t:
                        before = before or other < sample
                        count += 1
                        column += other % 2
                        row += other // 2
                if before:
                    continue
                if t == EMPTY:
                    red, green, blue = float(still[y, x, 0]), float(still[y, x, 1]), float(still[y, x, 2])
                else:
                    red, green, blue = _shade(
                        t,
                        triangles,
                        materials[of_material[t]],
                        screen,
                        uv,
                        lights,
                        texels,
                        2 * x + column / count + 0.5,
                        2 * y + row / count + 0.5,
                    )
                red_sum += count * min(red, 255.0)
                green_sum += count * min(green, 255.0)
                blue_sum += count * min(blue, 255.0)
            out[y, x, 0], out[y, x, 1], out[y, x, 2] = red_sum / 4, green_sum / 4, blue_sum / 4


@compiled
def blend(
    order: Array,
    triangles: Array,
    of_material: Array,
    materials: Array,
    screen: Array,
    uv: Array,
    alphas: Array,
    lights: Array,
    texels: Array,
    rect: Array,
    depth: Array,
    out: Array,
) -> None:
    """Draws transparent triangles over a picture, in the order given: farthest first."""
    for t in order:
        i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        material = materials[of_material[t]]
        ax, ay, az = screen[i, 0], screen[i, 1], screen[i, 2]
        bx, by, bz = screen[j, 0], screen[j, 1], screen[j, 2]
        cx, cy, cz = screen[k, 0], screen[k, 1], screen[k, 2]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if min(az, bz, cz) <= 0 or area == 0 or (area > 0 and material[DOUBLE_SIDED] == 0):
            continue
        left, right = max(rect[0] // 2, int(min(ax, bx, cx)) // 2), min(rect[2] // 2, int(max(ax, bx, cx)) // 2 + 1)
        top, bottom = max(rect[1] // 2, int(min(ay, by, cy)) // 2), min(rect[3] // 2, int(max(ay, by, cy)) // 2 + 1)
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
                        count += 1
                        column += px
                        row += py
                if count == 0:
                    continue
                px, py = column / count, row / count
                opacity = _alpha(t, triangles, material, screen, uv, alphas, texels, px, py) * count / 4
                if opacity < 0.004:
                    continue
                opacity = min(opacity, 1.0)
                red, green, blue = _shade(t, triangles, material, screen, uv, lights, texels, px, py)
                out[y, x, 0] = out[y, x, 0] + opacity * (min(red, 255.0) - out[y, x, 0])
                out[y, x, 1] = out[y, x, 1] + opacity * (min(green, 255.0) - out[y, x, 1])
                out[y, x, 2] = out[y, x, 2] + opacity * (min(blue, 255.0) - out[y, x, 2])
