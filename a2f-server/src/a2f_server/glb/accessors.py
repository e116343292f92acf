"""Reads the accessors of a GLB file: typed, strided, normalised and sparse arrays (glTF 2.0, section 3.6)."""

from __future__ import annotations

from typing import Any

import numpy as np

from a2f_server.arrays import AnyArray, Float32Array, Int64Array
from a2f_server.errors import BadAvatar, TooLarge
from a2f_server.glb.model import Move

MOST_VALUES = 24_000_000
"""Maximum values read in all, since a small file can refer to the same bytes many times."""
_TYPES = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_SCALES = {5120: 127.0, 5121: 255.0, 5122: 32767.0, 5123: 65535.0}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


def item(document: dict[str, Any], kind: str, index: object) -> dict[str, Any]:
    """Returns an item of one of the file's lists. Raises BadAvatar if the index does not exist."""
    values = document.get(kind, [])
    known = isinstance(index, int) and isinstance(values, list) and 0 <= index < len(values)
    if not known or not isinstance(values[index], dict):
        raise BadAvatar(f"this GLB refers to {kind} {str(index)[:20]}, which it does not have")
    found: dict[str, Any] = values[index]
    return found


def natural(value: object, most: int = 2**31) -> int:
    """Returns a whole number from 0 to `most`. Raises BadAvatar for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise BadAvatar(f"this GLB has {str(value)[:20]} where it should have a whole number up to {most}")
    return value


class Accessors:
    """Reads the arrays of one file. Raises BadAvatar for invalid arrays, TooLarge for more than MOST_VALUES in all."""

    def __init__(self, document: dict[str, Any], binary: memoryview) -> None:
        self._document, self._binary = document, binary
        self._left = MOST_VALUES

    def bytes_of(self, view: object) -> memoryview:
        """Returns the bytes of a buffer view."""
        description = item(self._document, "bufferViews", view)
        buffer = item(self._document, "buffers", description.get("buffer"))
        if description["buffer"] != 0 or "uri" in buffer:
            raise BadAvatar("this avatar keeps data in other files; export it as one GLB file")
        if "extensions" in description and "EXT_meshopt_compression" in description["extensions"]:
            raise BadAvatar("this avatar is compressed with meshopt; export it without compression")
        start, length = natural(description.get("byteOffset", 0)), natural(description.get("byteLength"))
        if start + length > len(self._binary):
            raise BadAvatar("this GLB is cut off: a part of its data is missing")
        return self._binary[start : start + length]

    def count(self, index: object) -> int:
        """Returns the number of elements of an accessor."""
        return natural(item(self._document, "accessors", index).get("count"))

    def floats(self, index: object, *widths: int) -> Float32Array:
        """Returns `[count, width]` as numbers, normalised ones in −1…1; the width must be one of those given."""
        accessor = item(self._document, "accessors", index)
        values = self._dense(accessor, widths)
        if "sparse" in accessor:
            where, changed = self._sparse(accessor, values.shape[1])
            values[where] = changed
        return values

    def integers(self, index: object, width: int = 1) -> Int64Array:
        """Returns `[count, width]` as integers."""
        accessor = item(self._document, "accessors", index)
        if accessor.get("componentType") == 5126 or "sparse" in accessor or "bufferView" not in accessor:
            raise BadAvatar("this GLB has indices that are no plain integers")
        found = self._raw(accessor, natural(accessor.get("count")), self._width(accessor, (width,))).astype(np.int64)
        if found.min(initial=0) < 0:
            raise BadAvatar("this GLB has indices below zero")
        return found

    def moves(self, index: object, vertices: int, *widths: int) -> Move:
        """Returns the nonzero rows of an accessor; it must have as many rows as the mesh has vertices."""
        accessor = item(self._document, "accessors", index)
        if accessor.get("count") != vertices:
            raise BadAvatar("this GLB has a morph target whose number of vertices differs from that of its mesh")
        if "bufferView" in accessor or "sparse" not in accessor:
            values = self.floats(index, *widths)
            where: AnyArray = np.flatnonzero(values.any(axis=1))
            return Move(where.astype(np.int32), values[where])
        where, values = self._sparse(accessor, self._width(accessor, widths))
        return Move(where.astype(np.int32), values)

    def _dense(self, accessor: dict[str, Any], widths: tuple[int, ...]) -> Float32Array:
        count, width = natural(accessor.get("count")), self._width(accessor, widths)
        if "bufferView" in accessor:
            return self._numbers(accessor, self._raw(accessor, count, width))
        self._spend(count * width)
        return np.zeros((count, width), np.float32)

    def _sparse(self, accessor: dict[str, Any], width: int) -> tuple[Int64Array, Float32Array]:
        sparse = accessor["sparse"]
        count, most = natural(sparse["count"]), natural(accessor.get("count"))
        where = self._raw(sparse["indices"], count, 1).ravel().astype(np.int64)
        values = self._raw(sparse["values"] | {"componentType": accessor["componentType"]}, count, width)
        if where.size and (where[0] < 0 or where[-1] >= most or (np.diff(where) <= 0).any()):
            raise BadAvatar("this GLB has sparse data beyond the end of its mesh")
        return where, self._numbers(accessor, values)

    def _width(self, accessor: dict[str, Any], widths: tuple[int, ...]) -> int:
        width = _WIDTHS.get(str(accessor.get("type")), 0)
        if width not in widths:
            raise BadAvatar(f"this GLB has an accessor of the wrong type {str(accessor.get('type'))[:10]}")
        return width

    def _raw(self, accessor: dict[str, Any], count: int, width: int) -> AnyArray:
        dtype = _TYPES.get(accessor.get("componentType", 0))
        if dtype is None:
            raise BadAvatar("this GLB has an unknown number type")
        self._spend(count * width)
        data, size = self.bytes_of(accessor.get("bufferView")), np.dtype(dtype).itemsize
        start = natural(accessor.get("byteOffset", 0))
        stride = natural(item(self._document, "bufferViews", accessor["bufferView"]).get("byteStride", 0), 252)
        stride = stride or size * width
        if count and (start + (count - 1) * stride + size * width > len(data) or stride < size * width):
            raise BadAvatar("this GLB has an array that reaches beyond its data")
        return np.ndarray((count, width), dtype, data, start if count else 0, (stride, size)).copy()

    def _numbers(self, accessor: dict[str, Any], values: AnyArray) -> Float32Array:
        numbers = values.astype(np.float32)
        if accessor.get("normalized") is True and accessor["componentType"] in _SCALES:
            numbers = np.maximum(numbers / np.float32(_SCALES[accessor["componentType"]]), np.float32(-1))
        if not np.isfinite(numbers).all():
            raise BadAvatar("this GLB has coordinates that are not finite numbers")
        return numbers

    def _spend(self, values: int) -> None:
        self._left -= values
        if self._left < 0:
            raise TooLarge("this avatar has too many vertices and morph targets; reduce its meshes")
