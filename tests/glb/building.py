"""Builds GLB files for tests, array by array."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np

CODES = {"int8": 5120, "uint8": 5121, "int16": 5122, "uint16": 5123, "uint32": 5125, "float32": 5126}
TYPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}


class Building:
    """A GLB file under construction; tests may change `json` freely."""

    def __init__(self) -> None:
        self.json: dict[str, Any] = {"asset": {"version": "2.0"}, "bufferViews": [], "accessors": []}
        self.binary = bytearray()

    def view(self, data: bytes, **more: Any) -> int:
        start = len(self.binary)
        self.binary += data + bytes(-len(data) % 4)
        self.json["bufferViews"].append({"buffer": 0, "byteOffset": start, "byteLength": len(data), **more})
        return len(self.json["bufferViews"]) - 1

    def accessor(self, values: Any, dtype: str = "float32", **more: Any) -> int:
        array = np.asarray(values, dtype)
        width = 1 if array.ndim == 1 else array.shape[1]
        return self.add(self.view(array.tobytes()), len(array), dtype, width, **more)

    def add(self, view: int | None, count: int, dtype: str = "float32", width: int = 3, **more: Any) -> int:
        accessor = {"componentType": CODES[dtype], "count": count, "type": TYPES[width], **more}
        self.json["accessors"].append(accessor if view is None else accessor | {"bufferView": view})
        return len(self.json["accessors"]) - 1

    def sparse(self, count: int, index: Any, values: Any, dtype: str = "float32", **more: Any) -> int:
        array = np.asarray(values, dtype)
        places = {"bufferView": self.view(np.asarray(index, "uint16").tobytes()), "componentType": 5123}
        sparse = {"count": len(array), "indices": places, "values": {"bufferView": self.view(array.tobytes())}}
        return self.add(None, count, dtype, array.shape[1], sparse=sparse, **more)

    def mesh(self, primitive: dict[str, Any], names: list[str] | None = None, **node: Any) -> None:
        """Adds a mesh, and a node that shows it."""
        mesh: dict[str, Any] = {"primitives": [primitive]}
        if names:
            mesh |= {"extras": {"targetNames": names}, "weights": [0] * len(names)}
        self.json.setdefault("meshes", []).append(mesh)
        nodes = self.json.setdefault("nodes", [])
        nodes.append({"mesh": len(self.json["meshes"]) - 1, **node})

    def file(self) -> bytes:
        document = {**self.json, "buffers": [{"byteLength": len(self.binary)}]} | (
            {"buffers": self.json["buffers"]} if "buffers" in self.json else {}
        )
        return packed(json.dumps(document).encode(), bytes(self.binary))


def packed(text: bytes, binary: bytes) -> bytes:
    """Returns a GLB of these two chunks."""
    text += b" " * (-len(text) % 4)
    head = struct.pack("<4sIIII", b"glTF", 2, 28 + len(text) + len(binary), len(text), 0x4E4F534A)
    return head + text + struct.pack("<II", len(binary), 0x004E4942) + binary


def opened(glb: bytes) -> tuple[dict[str, Any], bytes]:
    """Returns the two chunks of a GLB."""
    size = struct.unpack_from("<I", glb, 12)[0]
    return json.loads(glb[20 : 20 + size]), glb[28 + size :]


def quad(
    building: Building,
    *,
    depth: float = 0.0,
    half: float = 1.0,
    material: int | None = None,
    move: tuple[float, float, float] = (0, -0.1, 0),
    **node: Any,
) -> None:
    """Adds a square that faces +z, textured from corner to corner, with a `jawOpen` that moves its lower edge."""
    corners = np.array([[-half, half, depth], [-half, -half, depth], [half, -half, depth], [half, half, depth]])
    primitive = {
        "attributes": {
            "POSITION": building.accessor(corners),
            "TEXCOORD_0": building.accessor([[0, 0], [0, 1], [1, 1], [1, 0]]),
        },
        "indices": building.accessor([0, 1, 2, 0, 2, 3], "uint16"),
        "targets": [{"POSITION": building.sparse(4, [1, 2], [move, move])}],
    }
    building.mesh(primitive if material is None else primitive | {"material": material}, ["jawOpen"], **node)
