"""Packs the textures of an avatar into one array, at the size in which they appear on the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from a2f_server.arrays import Float32Array, Float64Array
from a2f_server.errors import TooLarge
from a2f_server.glb.images import resized
from a2f_server.glb.materials import MOST_TEXELS
from a2f_server.glb.model import Int32Array, Material, UInt8Array
from a2f_server.video.scene import Scene

_WRAPS = {"repeat": 0, "clamp": 1, "mirror": 2}
_ALPHAS = {"opaque": 0, "mask": 1, "blend": 2}
_TEXELS_A_PIXEL = 1.25
"""A finer texture would shimmer when the head moves, since only four texels are read per pixel."""


@dataclass(frozen=True)
class Textures:
    """Textures and materials, as the rasteriser reads them."""

    texels: Int32Array
    """`[k]`: red, green, blue and alpha, from the lowest byte up."""
    materials: Float64Array
    """`[materials, 8]`: see `rasteriser`."""


def pack(scene: Scene, screen: Float32Array, size: tuple[float, float]) -> Textures:
    """Returns the textures of a scene whose vertices are at `screen[n, 3]`, in pixels, on a picture of this size.

    Raises TooLarge beyond MOST_TEXELS.
    """
    rows, parts, offset = [], [np.zeros((1, 4), np.uint8)], 1
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


def _row(material: Material, texels: UInt8Array | None, offset: int) -> Sequence[float]:
    height, width = texels.shape[:2] if texels is not None else (0, 0)
    wraps = material.texture.wrap if material.texture else ("repeat", "repeat")
    modes = [_WRAPS[wraps[0]], _WRAPS[wraps[1]], _ALPHAS[material.alpha], int(material.double_sided)]
    return [offset, width, height, *modes, material.cutoff]


def _fitting(material: Material, density: float) -> UInt8Array | None:
    """Returns the texture of a material, made smaller if it is much finer than the picture; None if nobody sees it."""
    if material.texture is None or density == 0:
        return None
    texels = material.texture.texels
    height, width = texels.shape[:2]
    scale = _TEXELS_A_PIXEL / (density * math.sqrt(width * height))
    if scale > 0.8:
        return texels
    return resized(texels, max(1, round(width * scale)), max(1, round(height * scale)))


def _density(scene: Scene, material: int, screen: Float32Array, size: tuple[float, float]) -> float:
    """Returns how many textures lie along one pixel, at the median of the triangles within the picture."""
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
