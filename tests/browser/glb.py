"""Makes GLB files for tests: one quad with morph targets, or whatever a header promises."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence

CORNERS = [(-1, 0, 0), (1, 0, 0), (1, 2, 0), (-1, 2, 0)]
TRIANGLES = [0, 1, 2, 0, 2, 3]
FLOAT, SHORT = 5126, 5123


def quad(targets: Sequence[str]) -> bytes:
    """A square whose named morph targets each pull its lower edge down."""
    pulled = [(0, -0.5, 0), (0, -0.5, 0), (0, 0, 0), (0, 0, 0)]
    blobs = [floats(CORNERS), floats(pulled), struct.pack("<6H", *TRIANGLES)]
    views, at = [], 0
    for blob in blobs:
        views.append({"buffer": 0, "byteOffset": at, "byteLength": len(blob)})
        at += len(blob)
    primitive = {
        "attributes": {"POSITION": 0},
        "indices": 2,
        "targets": [{"POSITION": 1}] * len(targets),
    }
    mesh = {"primitives": [primitive], "weights": [0] * len(targets), "extras": {"targetNames": list(targets)}}
    return glb(
        {
            "asset": {"version": "2.0"},
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "nodes": [{"mesh": 0, "name": "Face"}],
            "meshes": [mesh],
            "accessors": [accessor(0, CORNERS), accessor(1, pulled), indices(2)],
            "bufferViews": views,
            "buffers": [{"byteLength": at}],
        },
        b"".join(blobs),
    )


def glb(document: dict[str, object], binary: bytes = b"") -> bytes:
    """The container: a JSON chunk and a binary one."""
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    if binary:
        chunks += struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def floats(rows: Sequence[Sequence[float]]) -> bytes:
    return b"".join(struct.pack("<3f", *row) for row in rows)


def accessor(view: int, rows: Sequence[Sequence[float]]) -> dict[str, object]:
    columns = list(zip(*rows, strict=True))
    bounds = {"min": [min(c) for c in columns], "max": [max(c) for c in columns]}
    return {"bufferView": view, "componentType": FLOAT, "count": len(rows), "type": "VEC3", **bounds}


def indices(view: int) -> dict[str, object]:
    return {"bufferView": view, "componentType": SHORT, "count": len(TRIANGLES), "type": "SCALAR"}
