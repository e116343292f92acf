"""Moves, lights and projects the vertices of a scene."""

from __future__ import annotations

import math
from typing import Any

from a2f_server.compiled import compiled, inlined
from a2f_server.drawing.columns import BLUE, GREEN, NEAR, RED, X, Y

Array = Any
"""A numpy array: numba reads its type at the call."""
TABLE = 1024
"""Entries of the table that encodes linear light as sRGB, by the square root of the light."""
LIT, ROUGHNESS, METALLIC = range(3)
"""Columns of the table of surfaces."""

_SUN_X, _SUN_Y, _SUN_Z = 0.38411064, 0.51214752, 0.76822128
_SUN_LIGHT, _SKY_LIGHT = 1.8, 1.7
_GROUND_RED, _GROUND_GREEN, _GROUND_BLUE = 0.36625, 0.28315, 0.23074
"""The lights of the page (web/page/avatar/stage.js), in linear colours."""
_NEAREST = 1e-4
_LEAST_ALPHA = 0.05
"""Sharper highlights are left out: they would fall between the vertices."""
_STILL, _SAME_LIGHT = 0.125, 3 / 512


@compiled
def add_moves(values: Array, start: Array, index: Array, change: Array, out: Array) -> None:
    """Adds the changes of each row, times its value, to `out[n, 3]`."""
    for row in range(len(values)):
        value = values[row]
        if value == 0:
            continue
        for i in range(start[row], start[row + 1]):
            at = index[i]
            out[at, 0] += value * change[i, 0]
            out[at, 1] += value * change[i, 1]
            out[at, 2] += value * change[i, 2]


@compiled
def place(
    count: int,
    positions: Array,
    normals: Array,
    colours: Array,
    shares: Array,
    of_material: Array,
    surfaces: Array,
    matrices: Array,
    camera: Array,
    encode: Array,
    vertices: Array,
) -> None:
    """Writes where the first `count` vertices are on the screen, and their encoded colours in the page's light.

    `matrices[joints, 12]` has rows of three times four; `camera` has x, y, z, the focal length, and the middle of the
    picture, in samples.
    """
    joints = matrices.shape[0]
    for i in range(count):
        x, y, z = positions[i, 0], positions[i, 1], positions[i, 2]
        lit = surfaces[of_material[i], LIT] != 0
        wx, wy, wz, nx, ny, nz = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for j in range(joints):
            share = shares[i, j]
            if share == 0:
                continue
            wx += share * (matrices[j, 0] * x + matrices[j, 1] * y + matrices[j, 2] * z + matrices[j, 3])
            wy += share * (matrices[j, 4] * x + matrices[j, 5] * y + matrices[j, 6] * z + matrices[j, 7])
            wz += share * (matrices[j, 8] * x + matrices[j, 9] * y + matrices[j, 10] * z + matrices[j, 11])
            if lit:
                px, py, pz = normals[i, 0], normals[i, 1], normals[i, 2]
                nx += share * (matrices[j, 0] * px + matrices[j, 1] * py + matrices[j, 2] * pz)
                ny += share * (matrices[j, 4] * px + matrices[j, 5] * py + matrices[j, 6] * pz)
                nz += share * (matrices[j, 8] * px + matrices[j, 9] * py + matrices[j, 10] * pz)
        distance = camera[2] - wz
        near = 1 / distance if distance > _NEAREST else 0.0
        vertices[i, X] = camera[4] + camera[3] * (wx - camera[0]) * near
        vertices[i, Y] = camera[5] - camera[3] * (wy - camera[1]) * near
        vertices[i, NEAR] = near
        red, green, blue = float(colours[i, 0]), float(colours[i, 1]), float(colours[i, 2])
        if lit:
            length = math.sqrt(nx * nx + ny * ny + nz * nz)
            scale = 1 / length if length > 0 else 0.0
            nx, ny, nz = nx * scale, ny * scale, nz * scale
            vx, vy = (camera[0] - wx) * near, (camera[1] - wy) * near
            metallic = surfaces[of_material[i], METALLIC]
            sun, gloss, fresnel = _reflection(nx, ny, nz, vx, vy, surfaces[of_material[i], ROUGHNESS])
            up = 0.5 * ny + 0.5
            red = _lit(red, sun + _SKY_LIGHT * (_GROUND_RED + (1 - _GROUND_RED) * up), gloss, fresnel, metallic)
            green = _lit(green, sun + _SKY_LIGHT * (_GROUND_GREEN + (1 - _GROUND_GREEN) * up), gloss, fresnel, metallic)
            blue = _lit(blue, sun + _SKY_LIGHT * (_GROUND_BLUE + (1 - _GROUND_BLUE) * up), gloss, fresnel, metallic)
        vertices[i, RED] = _encoded(red, encode)
        vertices[i, GREEN] = _encoded(green, encode)
        vertices[i, BLUE] = _encoded(blue, encode)


@inlined
def _reflection(nx: float, ny: float, nz: float, vx: float, vy: float, roughness: float) -> Any:
    """Returns the sun's light on a surface, its GGX highlight, and Schlick's factor, as Three.js computes them.

    The eye is in the direction (vx, vy, 1).
    """
    facing = max(0.0, nx * _SUN_X + ny * _SUN_Y + nz * _SUN_Z)
    length = math.sqrt(vx * vx + vy * vy + 1)
    vx, vy, vz = vx / length, vy / length, 1 / length
    hx, hy, hz = vx + _SUN_X, vy + _SUN_Y, vz + _SUN_Z
    length = math.sqrt(hx * hx + hy * hy + hz * hz)
    half = max(0.0, (nx * hx + ny * hy + nz * hz) / length)
    towards = max(0.0, (vx * hx + vy * hy + vz * hz) / length)
    seen = max(0.0, nx * vx + ny * vy + nz * vz)
    alpha = roughness * roughness
    square = alpha * alpha
    spread = half * half * (square - 1) + 1
    hidden = facing * math.sqrt(square + (1 - square) * seen * seen)
    hidden += seen * math.sqrt(square + (1 - square) * facing * facing)
    sun = _SUN_LIGHT * facing
    gloss = sun * square / (math.pi * spread * spread) * 0.5 / max(hidden, 1e-6) if alpha > _LEAST_ALPHA else 0.0
    rest = 1 - towards
    return sun, gloss, rest * rest * rest * rest * rest


@inlined
def _lit(colour: float, light: float, gloss: float, fresnel: float, metallic: float) -> Any:
    """Returns the linear light that leaves a surface: Lambert's, and the highlight."""
    straight = 0.04 * (1 - metallic) + metallic * colour
    return colour * (1 - metallic) * light / math.pi + gloss * (straight + (1 - straight) * fresnel)


@inlined
def _encoded(light: float, encode: Array) -> Any:
    """Returns linear light as sRGB, 0–1; black for NaN, which damaged avatars can lead to."""
    return encode[int(math.sqrt(min(light, 1.0)) * (TABLE - 1) + 0.5) if light > 0 else 0]


@compiled
def find_moved(corners: Array, vertices: Array, rest: Array, out: Array) -> None:
    """Finds the rectangle around what triangles cover and covered at rest that do not look as at rest.

    A change counts from an eighth of a sample on, or a 512th of the light. `out` is left, top, right and bottom; if
    nothing moved, left is greater than right.
    """
    left, top, right, bottom = 1e9, 1e9, -1e9, -1e9
    for t in range(len(corners)):
        moved = False
        for corner in range(3):
            at = corners[t, corner]
            far = max(abs(vertices[at, X] - rest[at, X]), abs(vertices[at, Y] - rest[at, Y]))
            lighter = abs(vertices[at, RED] - rest[at, RED]) + abs(vertices[at, GREEN] - rest[at, GREEN])
            moved = moved or far > _STILL or lighter + abs(vertices[at, BLUE] - rest[at, BLUE]) > _SAME_LIGHT
        if not moved:
            continue
        for corner in range(3):
            at = corners[t, corner]
            left = min(left, vertices[at, X], rest[at, X])
            right = max(right, vertices[at, X], rest[at, X])
            top = min(top, vertices[at, Y], rest[at, Y])
            bottom = max(bottom, vertices[at, Y], rest[at, Y])
    out[0], out[1], out[2], out[3] = left, top, right, bottom
