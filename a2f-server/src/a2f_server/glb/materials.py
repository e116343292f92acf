"""Reads the materials of a GLB file: base colour, texture, transparency, and a few other properties."""

from __future__ import annotations

import math
from typing import Any, Literal, get_args

import numpy as np

from a2f_server.arrays import Float64Array
from a2f_server.errors import TooLarge
from a2f_server.glb.accessors import Accessors, item, natural
from a2f_server.glb.images import Images
from a2f_server.glb.model import Material, Texture, UInt8Array, Wrap

MOST_TEXELS = 40_000_000
"""Maximum texels of all textures together: 160 MB."""
_WRAPS: dict[object, Wrap] = {33071: "clamp", 33648: "mirror", 10497: "repeat"}
_Alpha = Literal["opaque", "mask", "blend"]


class Materials:
    """The materials of one file. Raises as `Images.read` does, and TooLarge beyond MOST_TEXELS."""

    def __init__(self, document: dict[str, Any], accessors: Accessors) -> None:
        self._document, self._accessors = document, accessors
        self._images, self._decoder = dict[int, UInt8Array](), Images()
        self._left = MOST_TEXELS

    def read(self, index: int) -> Material:
        """Returns a material of the file."""
        each = item(self._document, "materials", index)
        surface, extensions = each.get("pbrMetallicRoughness", {}), each.get("extensions", {})
        texture = surface.get("baseColorTexture")
        alpha = str(each.get("alphaMode", "OPAQUE")).lower()
        return Material(
            name=str(each.get("name", "")),
            colour=_numbers(surface.get("baseColorFactor", (1, 1, 1, 1)), 4),
            texture=None if texture is None else self._texture(texture),
            uv_transform=None if texture is None else _transform(texture),
            uv_set=0 if texture is None else _uv_set(texture),
            alpha=alpha if alpha in get_args(_Alpha) else "opaque",  # type: ignore[arg-type]
            cutoff=_number(each.get("alphaCutoff", 0.5)),
            double_sided=each.get("doubleSided") is True,
            unlit="KHR_materials_unlit" in extensions or "VRMC_materials_mtoon" in extensions,
            roughness=_number(surface.get("roughnessFactor", 1.0)),
            metallic=_number(surface.get("metallicFactor", 1.0)),
            emissive=_numbers(each.get("emissiveFactor", (0, 0, 0)), 3),
        )

    def _texture(self, description: dict[str, Any]) -> Texture:
        texture = item(self._document, "textures", description.get("index"))
        webp = texture.get("extensions", {}).get("EXT_texture_webp", {})
        source = natural(webp.get("source", texture.get("source")))
        sampler = item(self._document, "samplers", texture["sampler"]) if "sampler" in texture else {}
        wraps = [_WRAPS.get(sampler.get(axis, 10497), "repeat") for axis in ("wrapS", "wrapT")]
        return Texture(self._image(source), (wraps[0], wraps[1]))

    def _image(self, source: int) -> UInt8Array:
        """Decodes an image once; several materials may share it."""
        if source not in self._images:
            image = item(self._document, "images", source)
            texels = self._decoder.read(bytes(self._accessors.bytes_of(image.get("bufferView"))))
            self._left -= texels.shape[0] * texels.shape[1]
            if self._left < 0:
                raise TooLarge("this avatar has too many texels; make its textures smaller")
            self._images[source] = texels
        return self._images[source]


def _uv_set(texture: dict[str, Any]) -> int:
    transform = texture.get("extensions", {}).get("KHR_texture_transform", {})
    return natural(transform.get("texCoord", texture.get("texCoord", 0)), 7)


def _transform(texture: dict[str, Any]) -> Float64Array | None:
    """Returns the matrix of KHR_texture_transform: scale, rotation, then translation."""
    given = texture.get("extensions", {}).get("KHR_texture_transform")
    if given is None:
        return None
    (sx, sy), (x, y) = _numbers(given.get("scale", (1, 1)), 2), _numbers(given.get("offset", (0, 0)), 2)
    turn = _number(given.get("rotation", 0.0))
    cosine, sine = math.cos(turn), math.sin(turn)
    return np.array([[cosine * sx, sine * sy, x], [-sine * sx, cosine * sy, y]])


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError("a factor is not a number")
    return float(value)


def _numbers(values: Any, count: int) -> Any:
    if len(values) != count:
        raise ValueError("a factor has the wrong length")
    return tuple(_number(value) for value in values)
