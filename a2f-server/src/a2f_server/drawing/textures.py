"""Packs the textures of an avatar into one array, at the size at which they appear in the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from a2f_server.arrays import Float32Array, Float64Array
from a2f_server.drawing import columns
from a2f_server.drawing.scene import Scene
from a2f_server.errors import TooLarge
from a2f_server.glb.images import resized
from a2f_server.glb.materials import MOST_TEXELS
from a2f_server.glb.model import Int32Array, Material, UInt8Array

_WRAPS = {"repeat": 0, "clamp": 1, "mirror": 2}
_ALPHAS = {"opaque": 0, "mask": 1, "blend": 2}
_BEYOND = 1e-3
_TEXELS_A_PIXEL = 1.25
"""Maximum texels per pixel. Finer textures would shimmer when the head moves, as only four texels are sampled."""


@dataclass(frozen=True)
class Textures:
    """Textures and materials, as the rasteriser reads them."""

    texels: Int32Array
    """`[k]`: red, green, blue and alpha, from the lowest byte up."""
    materials: Float64Array
    """`[materials, 8]`: see `columns`."""


def pack(scene: Scene, screen: Float32Array, size: tuple[float, float]) -> Textures:
    """Returns the textures of a scene whose vertices are at `screen[n, 3]`, in pixels, on a picture of this size.

    Raises TooLarge beyond MOST_TEXELS.
    """
    # a white one comes first, for materials without a texture
    rows, parts, offset = [], [np.full((4, 4), 255, np.uint8)], 4
    packed: dict[tuple[int, tuple[int, ...]], int] = {}  # materials may share a texture
    for index, material in enumerate(scene.materials):
        texels = _fitting(material, _density(scene, index, screen, size))
        if texels is None:
            rows.append(_row(material, None, 0))
            continue
        assert material.texture
        key = id(material.texture.texels), texels.shape
        if key not in packed:
            packed[key] = offset
            parts.append(texels.reshape(-1, 4))
            offset += len(parts[-1])
        if offset > MOST_TEXELS:
            raise TooLarge("this avatar shows its textures at too many sizes; make them smaller")
        rows.append(_row(material, texels, packed[key]))
    return Textures(np.concatenate(parts).view("<i4").ravel(), np.array(rows, np.float64))


def places(scene: Scene, materials: Float64Array) -> Int32Array:
    """Returns where each triangle has its texture, as `columns` describes it; the last row is the background's."""
    rows = materials[scene.triangle_material]
    uv = scene.uv[scene.triangles]
    wraps = rows[:, [columns.WRAP_U, columns.WRAP_V]] != columns.CLAMP
    wrapped = (wraps & ((uv < -_BEYOND) | (uv > 1 + _BEYOND)).any(axis=1)).any(axis=1)
    found = np.zeros((len(rows) + 1, 5), np.int32)
    found[-1] = 0, 2, 255, 255, 0
    found[:-1, columns.FIRST], found[:-1, columns.ROW] = rows[:, columns.OFFSET], rows[:, columns.WIDTH]
    found[:-1, columns.MOST_U] = 256 * (rows[:, columns.WIDTH] - 1) - 1
    found[:-1, columns.MOST_V] = 256 * (rows[:, columns.HEIGHT] - 1) - 1
    found[:-1, columns.WRAPPED] = wrapped
    return found


def _row(material: Material, texels: UInt8Array | None, offset: int) -> Sequence[float]:
    height, width = texels.shape[:2] if texels is not None else (2, 2)
    first = offset if texels is not None else 0
    wraps = material.texture.wrap if material.texture else ("repeat", "repeat")
    modes = [_WRAPS[wraps[0]], _WRAPS[wraps[1]], _ALPHAS[material.alpha], int(material.double_sided)]
    return [first, width, height, *modes, material.cutoff]


def _fitting(material: Material, density: float) -> UInt8Array | None:
    """Returns the texture of a material, scaled down if much finer than the picture; None if it is not visible."""
    if material.texture is None or density == 0:
        return None
    texels = material.texture.texels
    height, width = texels.shape[:2]
    scale = _TEXELS_A_PIXEL / (density * math.sqrt(width * height))
    if scale <= 0.8:
        texels = resized(texels, max(1, round(width * scale)), max(1, round(height * scale)))
    # every texel needs neighbours
    return texels.repeat(2 if texels.shape[0] < 2 else 1, axis=0).repeat(2 if texels.shape[1] < 2 else 1, axis=1)


def _density(scene: Scene, material: int, screen: Float32Array, size: tuple[float, float]) -> float:
    """Returns how much of the texture one pixel spans: the median of the triangles within the picture."""
    chosen = scene.triangles[scene.triangle_material == material]
    at = screen[chosen]
    inside = (at[..., 2] > 0).all(axis=1)
    for axis in range(2):
        inside &= (at[..., axis].max(axis=1) >= 0) & (at[..., axis].min(axis=1) < size[axis])
    on_screen, on_texture = _areas(at[inside, :, :2]), _areas(scene.uv[chosen[inside]])
    known = on_screen > 1e-3
    if not known.any():
        return float(inside.any()) * 1e-6
    ratio = np.sqrt(on_texture[known] / on_screen[known])
    order = np.argsort(ratio)
    share = np.cumsum(on_screen[known][order])
    return max(1e-6, float(ratio[order][np.searchsorted(share, share[-1] / 2)]))


def _areas(corners: Float32Array) -> Float32Array:
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    areas: Float32Array = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
    return areas
