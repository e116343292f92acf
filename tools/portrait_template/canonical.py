"""The canonical face of MediaPipe's task file: where the landmarks are on an average face."""

from __future__ import annotations

import struct
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from a2f_server.face_shapes.vectors import Float64Array, IntArray

METADATA = "geometry_pipeline_metadata_landmarks.binarypb"
MESH, VERTICES, TRIANGLES = 1, 3, 4
"""Field numbers: the mesh, and in it five floats per vertex (x, y, z, u, v) and three indices per triangle."""
CENTIMETRES = 0.1
"""Units (10 cm) per centimetre."""


def read(task: Path) -> tuple[Float64Array, IntArray]:
    """Returns the 468 landmarks `[468, 3]` in units, x to its left, y up, z forward, and triangles `[898, 3]`."""
    with zipfile.ZipFile(task) as files:
        mesh = _fields(_fields(files.read(METADATA))[MESH][0])
    vertices = np.array(mesh[VERTICES]).reshape(-1, 5)[:, :3]
    return vertices * CENTIMETRES, np.array(mesh[TRIANGLES]).reshape(-1, 3)


def _fields(data: bytes) -> dict[int, list[Any]]:
    """Reads a protobuf message without its description: values by field number."""
    found: dict[int, list[Any]] = defaultdict(list)
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        value: int | bytes | float
        if kind == 0:
            value, at = _varint(data, at)
        elif kind == 2:
            size, at = _varint(data, at)
            value, at = data[at : at + size], at + size
        else:
            assert kind == 5, f"unknown wire type: {kind}"
            value, at = struct.unpack("<f", data[at : at + 4])[0], at + 4
        found[key >> 3].append(value)
    return found


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at
