"""Small avatars for tests, which fill a picture exactly, and helpers to read pictures."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from a2f_server import arkit
from a2f_server.drawing.contract import HeadPose, Picture
from a2f_server.drawing.renderer import Renderer
from tests.glb.building import Building, quad

FRONT = HeadPose()


def weights(**values: float) -> NDArray[np.float32]:
    """Returns the weights of some shapes; a name without a side stands for both."""
    row = np.zeros(arkit.COUNT, np.float32)
    for name, value in values.items():
        for each in [name] if name in arkit.INDEX else [f"{name}Left", f"{name}Right"]:
            row[arkit.INDEX[each]] = value
    return row


def rgb(picture: Picture) -> NDArray[np.int64]:
    """Returns `[height, width, 3]`, as players show it."""
    return av.VideoFrame.from_ndarray(picture, format="yuv420p").to_ndarray(format="rgb24").astype(np.int64)


def luma(picture: Picture) -> NDArray[np.int64]:
    """Returns the plane Y."""
    return picture[: len(picture) * 2 // 3].astype(np.int64)


def framed() -> Building:
    """An avatar whose frame is 2 × 2 metres around the origin, seen from 10 metres."""
    building = Building()
    building.json["nodes"] = [{"name": "Portrait", "extras": {"portrait": {"width": 2, "height": 2, "distance": 10}}}]
    return building


def painted(building: Building, colour: Sequence[float], **material: Any) -> int:
    """Adds an unlit material of one colour (linear, with alpha)."""
    surface = {"baseColorFactor": list(colour)}
    return _material(building, {"pbrMetallicRoughness": surface, **material})


def textured(building: Building, pixels: Any, **material: Any) -> int:
    """Adds an unlit material with a texture."""
    stream = io.BytesIO()
    Image.fromarray(np.asarray(pixels, np.uint8)).save(stream, "PNG")
    images = building.json.setdefault("images", [])
    images.append({"bufferView": building.view(stream.getvalue()), "mimeType": "image/png"})
    building.json["samplers"] = [{"wrapS": 33071, "wrapT": 33071}]
    textures = building.json.setdefault("textures", [])
    textures.append({"source": len(images) - 1, "sampler": 0})
    surface = {"baseColorTexture": {"index": len(textures) - 1}}
    return _material(building, {"pbrMetallicRoughness": surface, **material})


def _material(building: Building, description: dict[str, Any]) -> int:
    materials = building.json.setdefault("materials", [])
    materials.append({"extensions": {"KHR_materials_unlit": {}}, **description})
    return len(materials) - 1


def drawn(building: Building, size: int = 32, pose: HeadPose = FRONT, **values: float) -> Picture:
    """Draws an avatar without the label."""
    return Renderer.from_glb(building.file(), size, size, label=False).draw(weights(**values), pose)


def square(colour: Sequence[float], **options: Any) -> Building:
    """An avatar that is one square in one colour; `options` as in `quad`."""
    building = framed()
    quad(building, material=painted(building, colour), **options)
    return building
