"""Moves, lights and projects the vertices of a scene."""

from __future__ import annotations

import math
from typing import Any

from a2f_server.video.compiled import compiled

Array = Any
"""A numpy array: numba reads its type at the call."""
TABLE = 1024
"""Entries of the table that encodes linear light as sRGB, by the square root of the light."""
# columns of the table of surfaces
LIT, ROUGHNESS, METALLIC = range(3)

_SUN = (0.38411064, 0.51214752, 0.76822128)
_SUN_LIGHT, _SKY_LIGHT = 1.8, 1.7
_GROUND = (0.36625, 0.28315, 0.23074)
"""The lights of the page (web/page/avatar/stage.js), in linear colours."""
_NEAREST = 1e-4


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
    screen: Array,
    lights: Array,
) -> None:
    """Writes where the first `count` vertices are on the screen, and their encoded colours in the page's light.

    `camera` has x, y, z, the focal length, and the middle of the picture, in samples.
    """
    matrix = matrices[0].copy()
    for i in range(count):
        for row in range(3):
            for column in range(4):
                value = shares[i, 0] * matrices[0, row, column]
                for joint in range(1, matrices.shape[0]):
                    value += shares[i, joint] * matrices[joint, row, column]
                matrix[row, column] = value
        x, y, z = positions[i, 0], positions[i, 1], positions[i, 2]
        wx = matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2] * z + matrix[0, 3]
        wy = matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2] * z + matrix[1, 3]
        wz = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2] * z + matrix[2, 3]
        distance = camera[2] - wz
        near = 1 / distance if distance > _NEAREST else 0.0
        screen[i, 0] = camera[4] + camera[3] * (wx - camera[0]) * near
        screen[i, 1] = camera[5] - camera[3] * (wy - camera[1]) * near
        screen[i, 2] = near
        surface = surfaces[of_material[i]]
        red, green, blue = colours[i, 0], colours[i, 1], colours[i, 2]
        if surface[LIT] != 0:
            x, y, z = normals[i, 0], normals[i, 1], normals[i, 2]
            nx = matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2] * z
            ny = matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2] * z
            nz = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2] * z
            length = math.sqrt(nx * nx + ny * ny + nz * nz)
            scale = 1 / length if length > 0 else 0.0
            red, green, blue = _lit(
                red,
                green,
                blue,
                nx * scale,
                ny * scale,
                nz * scale,
                (camera[0] - wx) * near,
                (camera[1] - wy) * near,
                surface,
            )
        lights[i, 0], lights[i, 1], lights[i, 2] = (
            _encoded(red, encode),
            _encoded(green, encode),
            _encoded(blue, encode),
        )


@compiled
def _lit(
    red: float,
    green: float,
    blue: float,
    nx: float,
    ny: float,
    nz: float,
    vx: float,
    vy: float,
    surface: Array,
) -> Any:
    """Returns the linear light that a surface reflects: Lambert and GGX, as Three.js's MeshStandardMaterial."""
    facing = max(0.0, nx * _SUN[0] + ny * _SUN[1] + nz * _SUN[2])
    sky = 0.5 * ny + 0.5
    sun = _SUN_LIGHT * facing
    length = math.sqrt(vx * vx + vy * vy + 1)
    vx, vy, vz = vx / length, vy / length, 1 / length
    hx, hy, hz = vx + _SUN[0], vy + _SUN[1], vz + _SUN[2]
    length = math.sqrt(hx * hx + hy * hy + hz * hz)
    half = max(0.0, (nx * hx + ny * hy + nz * hz) / length)
    towards = max(0.0, (vx * hx + vy * hy + vz * hz) / length)
    seen = max(0.0, nx * vx + ny * vy + nz * vz)
    alpha = max(0.09, surface[ROUGHNESS] * surface[ROUGHNESS])
    square = alpha * alpha
    spread = half * half * (square - 1) + 1
    visible = facing * math.sqrt(square + (1 - square) * seen * seen)
    visible += seen * math.sqrt(square + (1 - square) * facing * facing)
    gloss = square / (math.pi * spread * spread) * 0.5 / max(visible, 1e-6) * sun
    fresnel = (1 - towards) ** 5
    matte = (1 - surface[METALLIC]) / math.pi
    plain = 0.04 * (1 - surface[METALLIC])
    return (
        red * matte * (sun + _SKY_LIGHT * (_GROUND[0] + (1 - _GROUND[0]) * sky))
        + gloss * _tinted(red, plain, surface, fresnel),
        green * matte * (sun + _SKY_LIGHT * (_GROUND[1] + (1 - _GROUND[1]) * sky))
        + gloss * _tinted(green, plain, surface, fresnel),
        blue * matte * (sun + _SKY_LIGHT * (_GROUND[2] + (1 - _GROUND[2]) * sky))
        + gloss * _tinted(blue, plain, surface, fresnel),
    )


@compiled
def _tinted(colour: float, plain: float, surface: Array, fresnel: float) -> Any:
    straight = plain + surface[METALLIC] * colour
    return straight + (1 - straight) * fresnel


@compiled
def _encoded(light: float, encode: Array) -> Any:
    """Returns linear light as sRGB, 0–1."""
    return encode[int(math.sqrt(min(max(light, 0.0), 1.0)) * (TABLE - 1) + 0.5)]


@compiled
def bounds(triangles: Array, count: int, screen: Array, out: Array) -> None:
    """Writes the smallest rectangle around the first `count` triangles into `out`: left, top, right, bottom."""
    left, top, right, bottom = 1e9, 1e9, -1e9, -1e9
    for t in range(count):
        for corner in range(3):
            at = triangles[t, corner]
            left, right = min(left, screen[at, 0]), max(right, screen[at, 0])
            top, bottom = min(top, screen[at, 1]), max(bottom, screen[at, 1])
    out[0], out[1], out[2], out[3] = left, top, right, bottom
