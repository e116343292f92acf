"""Writes a portrait as a GLB.

One texture, one unlit material, three skinned meshes (Face, Eyes, Mouth), two joints (Root, Head). The camera whose
view is exactly the picture is on the z axis, `distance` in front of the plane z = 0. `extras.portrait` of the node
"Portrait" has `distance`, the `width` and `height` of the visible part of that plane (all in metres), and `pixels`, the
picture's width and height.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from a2f_server.arkit import NAMES
from a2f_server.face_shapes.vectors import Float64Array
from a2f_server.glb.writer import STEP, UNIT, VERTICES, GlbWriter
from a2f_server.portrait.geometry import Frame
from a2f_server.portrait.part import MeshPart

DISTANCE = 9.0
"""Distance of the camera, in units."""
LARGEST = 32000
"""Steps of the largest coordinate."""
LEAST = 8e-4
"""Smaller moves, in units, and smaller changes of colour are dropped."""


def write(
    parts: Mapping[str, MeshPart], jpeg: bytes, frame: Frame, pixels: tuple[int, int], pivot: Float64Array
) -> bytes:
    """Returns the file. `parts` are in the picture's coordinates; their places are fractions of the atlas."""
    seen = {name: _seen(part, frame) for name, part in parts.items()}
    largest = max(float(np.abs(part.at).max()) for part in seen.values())
    step = max(STEP, largest * UNIT / LARGEST)
    writer = GlbWriter("a2f-server", extensions=["KHR_materials_unlit"])
    export = _Export(writer, step)
    meshes = [export.mesh(name, part) for name, part in seen.items()]
    export.picture(jpeg)
    joint = _perspective(pivot[None] - [*frame.middle, 0])[0] * UNIT
    extent = [round((frame.right - frame.left) * UNIT, 6), round((frame.top - frame.bottom) * UNIT, 6)]
    extras = {"width": extent[0], "height": extent[1], "distance": DISTANCE * UNIT, "pixels": list(pixels)}
    export.scene(meshes, joint, extras)
    return writer.file()


def _seen(part: MeshPart, frame: Frame) -> MeshPart:
    """Moves the frame's middle to the origin, and vertices along the camera's rays, so that they match the picture."""
    at = _perspective(part.at - [*frame.middle, 0])
    return MeshPart(at, part.triangles, part.place, part.color, part.head, part.moves, part.shades)


def _perspective(at: Float64Array) -> Float64Array:
    """Moves points so that the camera's perspective projects them onto their orthographic x and y."""
    return np.asarray(at * np.column_stack([*[(DISTANCE - at[:, 2]) / DISTANCE] * 2, np.ones(len(at))]))


class _Export:
    def __init__(self, writer: GlbWriter, step: float) -> None:
        self.glb, self._step = writer, step

    def mesh(self, name: str, part: MeshPart) -> int:
        glb = self.glb
        color = np.rint(np.clip(part.color, 0, 1) * 255).astype(np.uint8)
        share = np.rint(np.clip(part.head, 0, 1) * 255).astype(np.uint8)
        joints = np.zeros((len(share), 4), np.uint8)
        joints[:, 1] = share > 0
        weights = np.column_stack([255 - share, share, 0 * share, 0 * share])
        primitive: dict[str, Any] = {
            "attributes": {
                "POSITION": glb.accessor(self._steps(part.at), target=VERTICES, limits=True),
                "TEXCOORD_0": glb.accessor(
                    np.rint(np.clip(part.place, 0, 1) * 65535).astype(np.uint16), target=VERTICES, normalized=True
                ),
                "COLOR_0": glb.accessor(color, target=VERTICES, normalized=True),
                "JOINTS_0": glb.accessor(joints, target=VERTICES),
                "WEIGHTS_0": glb.accessor(weights, target=VERTICES, normalized=True),
            },
            "indices": glb.indices(part.triangles),
            "material": 0,
        }
        names = [shape for shape in NAMES if self._moves(part, shape)]
        targets = [self._target(part, shape) for shape in names]
        if targets:
            primitive["targets"] = targets
            return glb.add(
                "meshes",
                {
                    "name": name,
                    "primitives": [primitive],
                    "weights": [0] * len(names),
                    "extras": {"targetNames": names},
                },
            )
        return glb.add("meshes", {"name": name, "primitives": [primitive]})

    def picture(self, jpeg: bytes) -> None:
        self.glb.add("images", {"mimeType": "image/jpeg", "bufferView": self.glb.view(jpeg)})
        self.glb.add("samplers", {"magFilter": 9729, "minFilter": 9729, "wrapS": 33071, "wrapT": 33071})
        self.glb.add("textures", {"source": 0, "sampler": 0})
        surface = {"baseColorTexture": {"index": 0}, "metallicFactor": 0, "roughnessFactor": 1}
        unlit: dict[str, Any] = {"extensions": {"KHR_materials_unlit": {}}}
        self.glb.add("materials", {"name": "Photo", "pbrMetallicRoughness": surface} | unlit)

    def scene(self, meshes: list[int], pivot: Float64Array, extras: dict[str, Any]) -> None:
        nodes = [{"name": self.glb.json["meshes"][mesh]["name"], "mesh": mesh, "skin": 0} for mesh in meshes]
        children = [self.glb.add("nodes", node) for node in nodes]
        head = self.glb.add("nodes", {"name": "Head", "translation": [round(float(each), 6) for each in pivot]})
        root = self.glb.add("nodes", {"name": "Root", "children": [head]})
        portrait = {"name": "Portrait", "children": [root], "extras": {"portrait": extras}}
        self.glb.json["scenes"] = [{"nodes": [self.glb.add("nodes", portrait), *children]}]
        inverse = np.stack([np.diag([self._step] * 3 + [1.0])] * 2)
        inverse[1, :3, 3] = -np.round(pivot, 6)
        columns = inverse.transpose(0, 2, 1).reshape(2, 16).astype(np.float32)
        skin = {"joints": [root, head], "skeleton": root, "inverseBindMatrices": self.glb.accessor(columns)}
        self.glb.add("skins", skin)

    def _steps(self, at: Float64Array) -> NDArray[np.int16]:
        return np.rint(at * (UNIT / self._step)).astype(np.int16)

    def _moves(self, part: MeshPart, shape: str) -> bool:
        return any(np.abs(each[shape]).max() > LEAST for each in (part.moves, part.shades) if shape in each)

    def _target(self, part: MeshPart, shape: str) -> dict[str, int]:
        target = {"POSITION": self._sparse(self._steps(_seen_moves(part.moves, shape, len(part.at))))}
        if part.shades:
            shades = np.rint(_seen_moves(part.shades, shape, len(part.at)).clip(-1, 1) * 127).astype(np.int8)
            target["COLOR_0"] = self._sparse(shades, normalized=True)
        return target

    def _sparse(self, values: NDArray[Any], *, normalized: bool = False) -> int:
        moved = np.flatnonzero(values.any(axis=1))
        if not len(moved):
            return self.glb.zeros(values, normalized=normalized)
        return self.glb.sparse(self.glb.rows(moved), moved, values, normalized=normalized)


def _seen_moves(shapes: dict[str, Float64Array], shape: str, count: int) -> Float64Array:
    moves = shapes.get(shape, np.zeros((count, 3)))
    return np.where(np.abs(moves).max(axis=1, keepdims=True) > LEAST, moves, 0)
