"""Writes glTF binary files: quantised vertices (KHR_mesh_quantization), and morph targets as sparse accessors."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from a2f_server.arrays import Float64Array, Int64Array

STEP = 1e-5
"""Metres per step of a quantised position."""
UNIT = 0.1
"""Metres per unit."""
TYPES = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5126: np.float32}
"""Component types of glTF."""
SHAPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}
VERTICES, INDICES = 34962, 34963
USHORT = 5123


def steps(at: Float64Array) -> NDArray[np.int64]:
    """Converts units to steps."""
    return np.rint(at * (UNIT / STEP)).astype(np.int64)


class GlbWriter:
    """Collects the JSON and the bytes of a file."""

    def __init__(self, generator: str, licence: str = "", extensions: Sequence[str] = ()) -> None:
        asset = {"version": "2.0", "generator": generator} | ({"copyright": licence} if licence else {})
        self.json: dict[str, Any] = {
            "asset": asset,
            "extensionsUsed": ["KHR_mesh_quantization", *extensions],
            "extensionsRequired": ["KHR_mesh_quantization"],
            "scene": 0,
        }
        self.bytes = bytearray()
        self._empty: dict[tuple[int, int], int] = {}

    def file(self) -> bytes:
        """Returns the file."""
        self.json["buffers"] = [{"byteLength": len(self.bytes)}]
        text = json.dumps(self.json, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        head = struct.pack("<4sIIII", b"glTF", 2, 28 + len(text) + len(self.bytes), len(text), 0x4E4F534A)
        return head + text + struct.pack("<II", len(self.bytes), 0x004E4942) + bytes(self.bytes)

    def add(self, kind: str, value: dict[str, Any]) -> int:
        """Appends to one of the lists in the JSON; returns the index."""
        values = self.json.setdefault(kind, [])
        values.append(value)
        return len(values) - 1

    def view(self, data: bytes, *, target: int = 0, stride: int = 0) -> int:
        """Adds bytes; returns the index of their buffer view."""
        view = {"buffer": 0, "byteOffset": len(self.bytes), "byteLength": len(data)}
        self.bytes += data + bytes(-len(data) % 4)
        return self.add(
            "bufferViews", view | ({"target": target} if target else {}) | ({"byteStride": stride} if stride else {})
        )

    def accessor(self, values: NDArray[Any], *, target: int = 0, normalized: bool = False, limits: bool = False) -> int:
        """Adds an array `[n]` or `[n, k]`. Vertices are padded, since each must start at a multiple of four bytes."""
        width = values.shape[1] if values.ndim == 2 else 1
        stored, stride = values, 0
        if target == VERTICES and values.itemsize * width % 4:
            stored = np.zeros((len(values), width + -width % (4 // values.itemsize)), values.dtype)
            stored[:, :width] = values
            stride = stored.shape[1] * values.itemsize
        accessor: dict[str, Any] = {
            "bufferView": self.view(_little(stored), target=target, stride=stride),
            "componentType": _code(values),
            "count": len(values),
            "type": SHAPES[width],
        }
        if normalized:
            accessor["normalized"] = True
        if limits:
            accessor |= {"min": values.min(axis=0).tolist(), "max": values.max(axis=0).tolist()}
        return self.add("accessors", accessor)

    def indices(self, triangles: Int64Array) -> int:
        """Adds triangles `[t, 3]`."""
        return self.accessor(triangles.astype(np.uint16).ravel(), target=INDICES)

    def rows(self, moved: Int64Array) -> int:
        """Adds the indices of the vertices that a sparse accessor changes; returns their buffer view."""
        return self.view(_little(moved.astype(np.uint16)))

    def sparse(self, rows: int, moved: Int64Array, values: NDArray[Any], *, normalized: bool = False) -> int:
        """Adds an array `[n, k]` that is zero except at `moved`, whose buffer view is `rows`."""
        accessor = {
            "componentType": _code(values),
            "count": len(values),
            "type": SHAPES[values.shape[1]],
            "min": values.min(axis=0).tolist(),
            "max": values.max(axis=0).tolist(),
            "sparse": {
                "count": len(moved),
                "indices": {"bufferView": rows, "componentType": USHORT},
                "values": {"bufferView": self.view(_little(values[moved]))},
            },
        }
        return self.add("accessors", accessor | ({"normalized": True} if normalized else {}))

    def zeros(self, values: NDArray[Any], *, normalized: bool = False) -> int:
        """Returns the accessor of a zero array of this shape, which takes no bytes. It is shared."""
        key = (_code(values), len(values))
        if key not in self._empty:
            nothing = [0] * values.shape[1]
            accessor = {"componentType": key[0], "count": key[1], "type": SHAPES[values.shape[1]]}
            accessor |= {"min": nothing, "max": nothing} | ({"normalized": True} if normalized else {})
            self._empty[key] = self.add("accessors", accessor)
        return self._empty[key]


def _code(values: NDArray[Any]) -> int:
    return next(code for code, dtype in TYPES.items() if dtype == values.dtype)


def _little(values: NDArray[Any]) -> bytes:
    return values.astype(values.dtype.newbyteorder("<")).tobytes()
