"""The container, and how arrays are stored."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest

from a2f_server.glb.reader import read_glb
from a2f_server.glb.writer import VERTICES, GlbWriter, steps


def triangle(writer: GlbWriter) -> None:
    at = np.array([[0, 0, 0], [1000, 0, 0], [0, 1000, 0]], np.int16)
    move = np.array([[0, 0, 0], [0, 5, 0], [0, 0, 0]], np.int16)
    moved = np.flatnonzero(move.any(axis=1))
    still = np.zeros((3, 3), np.int8)
    primitive = {
        "attributes": {"POSITION": writer.accessor(at, target=VERTICES, limits=True)},
        "indices": writer.indices(np.array([[0, 1, 2]])),
        "targets": [
            {
                "POSITION": writer.sparse(writer.rows(moved), moved, move),
                "COLOR_0": writer.zeros(still, normalized=True),
            }
        ],
    }
    writer.add("meshes", {"primitives": [primitive], "extras": {"targetNames": ["jawOpen"]}})
    writer.json["scenes"] = [{"nodes": [writer.add("nodes", {"mesh": 0})]}]


@pytest.fixture
def file() -> bytes:
    writer = GlbWriter("test", "MIT")
    triangle(writer)
    return writer.file()


def test_the_container(file: bytes) -> None:
    magic, version, size, length, kind = struct.unpack_from("<4sIIII", file)
    assert (magic, version, size, kind) == (b"glTF", 2, len(file), 0x4E4F534A)
    parsed = json.loads(file[20 : 20 + length])
    assert parsed["asset"] == {"version": "2.0", "generator": "test", "copyright": "MIT"}
    assert all(view["byteOffset"] % 4 == 0 for view in parsed["bufferViews"])


def test_vertices_start_at_multiples_of_four_bytes(file: bytes) -> None:
    parsed = json.loads(file[20 : 20 + struct.unpack_from("<I", file, 12)[0]])
    [view] = [view for view in parsed["bufferViews"] if view.get("target") == VERTICES]
    assert view["byteStride"] == 8


def test_what_is_written_can_be_read(file: bytes) -> None:
    [mesh] = read_glb(file).meshes
    [primitive] = mesh.primitives
    assert primitive.positions.tolist() == [[0, 0, 0], [1000, 0, 0], [0, 1000, 0]]
    assert mesh.target_names == ("jawOpen",)


def test_zeros_take_no_bytes_and_are_shared() -> None:
    writer = GlbWriter("test")
    first = writer.zeros(np.zeros((1000, 3), np.int8))
    assert writer.zeros(np.zeros((1000, 3), np.int8)) == first
    assert writer.zeros(np.zeros((1000, 3), np.int16)) != first
    assert len(writer.bytes) == 0


def test_steps_are_hundredths_of_a_millimetre() -> None:
    assert steps(np.array([[1.0, -0.5, 0.00004]])).tolist() == [[10000, -5000, 0]]
