"""Writes glTF binary files: quantised meshes (KHR_mesh_quantization) with sparse morph targets."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from a2f_server.face_shapes.vectors import Float64Array
from tools.head.geometry.mesh import Mesh

STEP = 1e-5
"""Metres per step of a quantised position."""
UNIT = 0.1
"""Metres per unit."""
TURN = 127
"""Steps per 1.0 of a quantised change of a normal."""
BYTE, SHORT, USHORT = 5120, 5122, 5123
TYPES = {BYTE: np.int8, SHORT: np.int16, USHORT: np.uint16}
VERTICES, INDICES = 34962, 34963


@dataclass
class GlbMaterial:
    """A glTF material; the colour comes from the vertices."""

    name: str
    roughness: float
    metallic: float = 0.0


@dataclass
class GlbNode:
    """A joint at `pivot` (units, absolute), with its meshes and children."""

    name: str
    pivot: tuple[float, float, float]
    meshes: dict[str, tuple[Mesh, GlbMaterial]] = field(default_factory=dict)
    children: list[GlbNode] = field(default_factory=list)


def steps(at: Float64Array) -> NDArray[np.int64]:
    """Converts units to steps."""
    return np.rint(at * (UNIT / STEP)).astype(np.int64)


def write(root: GlbNode) -> bytes:
    """Returns the file with this root node."""
    writer = _Writer()
    writer.json["scenes"] = [{"nodes": [writer.node(root, (0.0, 0.0, 0.0))]}]
    return writer.file()


class _Writer:
    def __init__(self) -> None:
        self.json: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": "a2f-server tools.head", "copyright": "MIT"},
            "extensionsUsed": ["KHR_mesh_quantization"],
            "extensionsRequired": ["KHR_mesh_quantization"],
            "scene": 0,
        }
        self.bytes = bytearray()

    def file(self) -> bytes:
        self.json["buffers"] = [{"byteLength": len(self.bytes)}]
        text = json.dumps(self.json, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        head = struct.pack("<4sIIII", b"glTF", 2, 28 + len(text) + len(self.bytes), len(text), 0x4E4F534A)
        return head + text + struct.pack("<II", len(self.bytes), 0x004E4942) + bytes(self.bytes)

    def node(self, node: GlbNode, parent: tuple[float, float, float]) -> int:
        away = [round((a - b) * UNIT, 6) for a, b in zip(node.pivot, parent, strict=True)]
        children = [self._mesh_node(name, node.pivot, *mesh) for name, mesh in node.meshes.items()]
        children += [self.node(child, node.pivot) for child in node.children]
        return self._add("nodes", {"name": node.name, "translation": away, "children": children})

    def _mesh_node(self, name: str, pivot: tuple[float, float, float], mesh: Mesh, material: GlbMaterial) -> int:
        back = [round(-value * UNIT, 6) for value in pivot]
        return self._add(
            "nodes",
            {"name": name, "mesh": self._mesh(name, mesh, material), "translation": back, "scale": [STEP] * 3},
        )

    def _mesh(self, name: str, mesh: Mesh, material: GlbMaterial) -> int:
        rest = mesh.normals()
        primitive: dict[str, Any] = {
            "attributes": {
                "POSITION": self._vertices(steps(mesh.at).astype(np.int16), limits=True),
                "NORMAL": self._vertices(np.rint(rest * 32767).astype(np.int16), normalized=True),
                "COLOR_0": self._vertices(
                    np.rint(np.clip(mesh.color, 0, 1) * 65535).astype(np.uint16), normalized=True
                ),
            },
            "indices": self._accessor(mesh.triangles.astype(np.uint16).ravel(), target=INDICES),
            "material": self._material(material),
        }
        description: dict[str, Any] = {"name": name, "primitives": [primitive]}
        if mesh.morphs:
            primitive["targets"] = [self._target(mesh, shape, rest) for shape in mesh.morphs]
            description |= {"weights": [0] * len(mesh.morphs), "extras": {"targetNames": list(mesh.morphs)}}
        return self._add("meshes", description)

    def _material(self, material: GlbMaterial) -> int:
        known = self.json.get("materials", [])
        for index, each in enumerate(known):
            if each["name"] == material.name:
                return index
        surface = {"metallicFactor": material.metallic, "roughnessFactor": material.roughness}
        return self._add("materials", {"name": material.name, "pbrMetallicRoughness": surface})

    def _target(self, mesh: Mesh, shape: str, rest: Float64Array) -> dict[str, int]:
        moves = steps(mesh.morphs[shape]).astype(np.int16)
        turns = np.rint((mesh.normals(shape) - rest).clip(-1, 1) * TURN).astype(np.int8)
        turns[np.abs(turns).max(axis=1) < 3] = 0
        moved = np.flatnonzero(moves.any(axis=1) | turns.any(axis=1))
        indices = self._view(moved.astype(np.uint16))
        return {
            "POSITION": self._sparse(len(moves), indices, moved, moves),
            "NORMAL": self._sparse(len(moves), indices, moved, turns, normalized=True),
        }

    def _sparse(
        self, count: int, indices: int, moved: NDArray[np.int64], values: NDArray[Any], *, normalized: bool = False
    ) -> int:
        kind = next(code for code, dtype in TYPES.items() if dtype == values.dtype)
        accessor = {
            "componentType": kind,
            "count": count,
            "type": "VEC3",
            "min": values.min(axis=0).tolist(),
            "max": values.max(axis=0).tolist(),
            "sparse": {
                "count": len(moved),
                "indices": {"bufferView": indices, "componentType": USHORT},
                "values": {"bufferView": self._view(values[moved])},
            },
        }
        return self._add("accessors", accessor | ({"normalized": True} if normalized else {}))

    def _vertices(self, values: NDArray[Any], *, normalized: bool = False, limits: bool = False) -> int:
        """Pads vertices to four components, because they must start at a multiple of four bytes."""
        padded = np.zeros((len(values), 4), dtype=values.dtype)
        padded[:, :3] = values
        return self._accessor(padded, target=VERTICES, normalized=normalized, limits=limits)

    def _accessor(self, values: NDArray[Any], *, target: int, normalized: bool = False, limits: bool = False) -> int:
        kind = next(code for code, dtype in TYPES.items() if dtype == values.dtype)
        accessor: dict[str, Any] = {
            "bufferView": self._view(values, target=target, stride=8 if values.ndim == 2 else 0),
            "componentType": kind,
            "count": len(values),
            "type": "VEC3" if values.ndim == 2 else "SCALAR",
        }
        if normalized:
            accessor["normalized"] = True
        if limits:
            accessor |= {"min": values[:, :3].min(axis=0).tolist(), "max": values[:, :3].max(axis=0).tolist()}
        return self._add("accessors", accessor)

    def _view(self, values: NDArray[Any], *, target: int = 0, stride: int = 0) -> int:
        data = values.astype(values.dtype.newbyteorder("<")).tobytes()
        view = {"buffer": 0, "byteOffset": len(self.bytes), "byteLength": len(data)}
        self.bytes += data + bytes(-len(data) % 4)
        return self._add(
            "bufferViews", view | ({"target": target} if target else {}) | ({"byteStride": stride} if stride else {})
        )

    def _add(self, kind: str, value: dict[str, Any]) -> int:
        values = self.json.setdefault(kind, [])
        values.append(value)
        return len(values) - 1
