"""Reads a GLB of tools.head as three.js does."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

TYPES: dict[int, Any] = {5120: np.int8, 5122: np.int16, 5123: np.uint16}
WIDTHS = {"SCALAR": 1, "VEC3": 3}


@dataclass
class Part:
    """One mesh in the steps of the file: positions `[n, 3]`, triangles, and moves by shape."""

    at: NDArray[np.int64]
    triangles: NDArray[np.int64]
    morphs: dict[str, NDArray[np.int64]]
    step: float

    def posed(self, weights: dict[str, float]) -> NDArray[np.float64]:
        """Returns the positions for these weights, in steps."""
        at = self.at.astype(float)
        for name, weight in weights.items():
            at = at + weight * self.morphs.get(name, 0)
        return at


class File:
    """A parsed GLB."""

    def __init__(self, data: bytes) -> None:
        magic, version, size, length, kind = struct.unpack_from("<4sIIII", data)
        assert (magic, version, size, kind) == (b"glTF", 2, len(data), 0x4E4F534A)
        self.json: dict[str, Any] = json.loads(data[20 : 20 + length])
        self._bytes = data[28 + length :]
        self.parts = {self.json["meshes"][n["mesh"]]["name"]: self._part(n) for n in self.json["nodes"] if "mesh" in n}

    def _part(self, node: dict[str, Any]) -> Part:
        mesh = self.json["meshes"][node["mesh"]]
        [primitive] = mesh["primitives"]
        names = mesh.get("extras", {}).get("targetNames", [])
        targets = primitive.get("targets", [])
        return Part(
            self.values(primitive["attributes"]["POSITION"]),
            self.values(primitive["indices"]).reshape(-1, 3),
            {n: self.values(t["POSITION"]) for n, t in zip(names, targets, strict=True)},
            node["scale"][0],
        )

    def values(self, index: int) -> NDArray[np.int64]:
        """Returns the values of an accessor, `[n]` or `[n, 3]`."""
        accessor = self.json["accessors"][index]
        width, dtype = WIDTHS[accessor["type"]], TYPES[accessor["componentType"]]
        if sparse := accessor.get("sparse"):
            out = np.zeros((accessor["count"], width), np.int64)
            out[self._view(sparse["indices"]["bufferView"], np.uint16, 1, sparse["count"])[:, 0]] = self._view(
                sparse["values"]["bufferView"], dtype, width, sparse["count"]
            )
            return out
        found = self._view(accessor["bufferView"], dtype, width, accessor["count"])
        return found[:, 0] if width == 1 else found

    def _view(self, index: int, dtype: Any, width: int, count: int) -> NDArray[np.int64]:
        view = self.json["bufferViews"][index]
        start = view["byteOffset"]
        row = view.get("byteStride", width * np.dtype(dtype).itemsize) // np.dtype(dtype).itemsize
        flat = np.frombuffer(self._bytes[start : start + view["byteLength"]], dtype)
        return flat[: count * row].reshape(count, row)[:, :width].astype(np.int64)


def read(path: Path) -> File:
    return File(path.read_bytes())
