"""Writes the head as a GLB: nodes with pivots, meshes with normals, vertex colours and sparse morph targets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from a2f_server.face_shapes.vectors import Float64Array
from a2f_server.glb.writer import STEP, UNIT, VERTICES, GlbWriter, steps
from tools.head.geometry.mesh import Mesh

TURN = 127
"""Steps per 1.0 of a quantised change of a normal."""


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


def write(root: GlbNode) -> bytes:
    """Returns the file with this root node."""
    head = _HeadWriter()
    head.glb.json["scenes"] = [{"nodes": [head.node(root, (0.0, 0.0, 0.0))]}]
    return head.glb.file()


class _HeadWriter:
    def __init__(self) -> None:
        self.glb = GlbWriter("a2f-server tools.head", "MIT")

    def node(self, node: GlbNode, parent: tuple[float, float, float]) -> int:
        away = [round((a - b) * UNIT, 6) for a, b in zip(node.pivot, parent, strict=True)]
        children = [self._mesh_node(name, node.pivot, *mesh) for name, mesh in node.meshes.items()]
        children += [self.node(child, node.pivot) for child in node.children]
        return self.glb.add("nodes", {"name": node.name, "translation": away, "children": children})

    def _mesh_node(self, name: str, pivot: tuple[float, float, float], mesh: Mesh, material: GlbMaterial) -> int:
        back = [round(-value * UNIT, 6) for value in pivot]
        number = self._mesh(name, mesh, material)
        return self.glb.add("nodes", {"name": name, "mesh": number, "translation": back, "scale": [STEP] * 3})

    def _mesh(self, name: str, mesh: Mesh, material: GlbMaterial) -> int:
        rest = mesh.normals()
        color = np.rint(np.clip(mesh.color, 0, 1) * 65535).astype(np.uint16)
        primitive: dict[str, Any] = {
            "attributes": {
                "POSITION": self.glb.accessor(steps(mesh.at).astype(np.int16), target=VERTICES, limits=True),
                "NORMAL": self.glb.accessor(np.rint(rest * 32767).astype(np.int16), target=VERTICES, normalized=True),
                "COLOR_0": self.glb.accessor(color, target=VERTICES, normalized=True),
            },
            "indices": self.glb.indices(mesh.triangles),
            "material": self._material(material),
        }
        description: dict[str, Any] = {"name": name, "primitives": [primitive]}
        if mesh.morphs:
            primitive["targets"] = [self._target(mesh, shape, rest) for shape in mesh.morphs]
            description |= {"weights": [0] * len(mesh.morphs), "extras": {"targetNames": list(mesh.morphs)}}
        return self.glb.add("meshes", description)

    def _material(self, material: GlbMaterial) -> int:
        known = self.glb.json.get("materials", [])
        for index, each in enumerate(known):
            if each["name"] == material.name:
                return index
        surface = {"metallicFactor": material.metallic, "roughnessFactor": material.roughness}
        return self.glb.add("materials", {"name": material.name, "pbrMetallicRoughness": surface})

    def _target(self, mesh: Mesh, shape: str, rest: Float64Array) -> dict[str, int]:
        moves = steps(mesh.morphs[shape]).astype(np.int16)
        turns = np.rint((mesh.normals(shape) - rest).clip(-1, 1) * TURN).astype(np.int8)
        turns[np.abs(turns).max(axis=1) < 3] = 0
        moved = np.flatnonzero(moves.any(axis=1) | turns.any(axis=1))
        rows = self.glb.rows(moved)
        return {
            "POSITION": self.glb.sparse(rows, moved, moves),
            "NORMAL": self.glb.sparse(rows, moved, turns, normalized=True),
        }
