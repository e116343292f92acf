"""Adds an animation of the morph targets to an avatar's GLB; everything else in the file stays as it is."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from a2f_server import arkit
from a2f_server.animation_files.morph_names import MorphTerm, plan_meshes
from a2f_server.animation_files.visemes import channels
from a2f_server.arrays import Float32Array
from a2f_server.clip import FaceClip
from a2f_server.errors import BadAvatar

_MAGIC, _JSON, _BINARY = 0x46546C67, 0x4E4F534A, 0x004E4942
_FULL = {5120: 127, 5121: 255, 5122: 32767, 5123: 65535}
"""Integer that stands for 1 in a normalised accessor, by component type."""
_OF_SIZE, _OF_MOVES = 1e-3, 1e-2
"""A target that moves less than these shares of the mesh's size, and of its largest movement, moves nothing."""
_FLOAT = 5126


@dataclass(frozen=True)
class _Mesh:
    """A node with morph targets: their names, their weights at rest, and what moves them."""

    node: int
    names: Sequence[str]
    rest: Sequence[float]
    moving: Sequence[str]
    terms: dict[str, list[MorphTerm]]

    @property
    def key(self) -> str:
        """Meshes with equal keys share their curves."""
        return json.dumps([self.names, self.rest, self.moving, self.terms])


_STILL = FaceClip(np.zeros((1, arkit.COUNT), np.float32), 30)


class Avatar:
    """A GLB with morph targets whose names are known. Raises BadAvatar for any other file."""

    def __init__(self, data: bytes) -> None:
        self._json, self._binary, self._others = _chunks(data)
        try:
            document = _parsed(self._json)
            self._meshes = _bound(_meshes(document))
            if self._meshes:
                self.bake(_STILL)  # the rest of a damaged document shows only here
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError, OverflowError):
            raise _damaged() from None
        if not self._meshes:
            raise BadAvatar(
                "nothing in this GLB can be animated: it has no morph targets with known names, and a VRM's "
                "expressions cannot be baked; export CSV or JSON instead"
            )

    def bake(self, clip: FaceClip, name: str = "animation") -> bytes:
        """Returns the file with the clip as another animation, from 0 s on. The clip has the 52 shapes and a frame."""
        document = json.loads(self._json)  # each file gets its own
        file = _Additions(document, self._binary)
        times = clip.moved().times.astype(np.float32)
        keys = file.scalars(times, min=[float(times[0])], max=[float(times[-1])])
        values = channels(clip.weights)
        samplers: list[dict[str, Any]] = []
        known: dict[str, int] = {}
        tracks = []
        for mesh in self._meshes:
            if mesh.key not in known:
                known[mesh.key] = len(samplers)
                output = file.scalars(_curves(mesh, values).ravel())
                samplers.append({"input": keys, "output": output, "interpolation": "LINEAR"})
            tracks.append({"sampler": known[mesh.key], "target": {"node": mesh.node, "path": "weights"}})
        document.setdefault("animations", []).append({"name": name, "samplers": samplers, "channels": tracks})
        return _file(document, file.binary(), self._others)


def _curves(mesh: _Mesh, values: Float32Array) -> Float32Array:
    """Returns the weights of all targets of a mesh over time, `[n, targets]`."""
    out = np.tile(np.array(mesh.rest, np.float32), (len(values), 1))
    index = {name: i for i, name in enumerate(mesh.names)}
    for target, terms in mesh.terms.items():
        moved = sum((values[:, shape] * np.float32(gain) for shape, gain in terms), np.zeros(len(values), np.float32))
        out[:, index[target]] = np.clip(moved, 0, 1)
    return out


class _Additions:
    """Bytes appended to the binary chunk."""

    def __init__(self, document: dict[str, Any], binary: bytes) -> None:
        self._document = document
        self._parts = [binary]
        self._length = len(binary)

    def scalars(self, values: Float32Array, **bounds: list[float]) -> int:
        """Appends numbers; returns the index of their accessor."""
        data = values.astype("<f4").tobytes()
        view = {"buffer": 0, "byteOffset": self._length, "byteLength": len(data)}
        self._parts.append(data)
        self._length += len(data)
        accessor = {"componentType": _FLOAT, "count": len(values), "type": "SCALAR", **bounds}
        return self._append("accessors", {"bufferView": self._append("bufferViews", view), **accessor})

    def _append(self, kind: str, item: dict[str, Any]) -> int:
        items = self._document.setdefault(kind, [])
        items.append(item)
        return len(items) - 1

    def binary(self) -> bytes:
        """Returns the whole chunk, whose length the document then has."""
        self._document.setdefault("buffers", [{}])[0]["byteLength"] = self._length
        return b"".join(self._parts)


def _chunks(data: bytes) -> tuple[bytes, bytes, list[tuple[int, bytes]]]:
    """Returns the JSON, the binary chunk, and any others."""
    if len(data) < 20 or struct.unpack_from("<II", data) != (_MAGIC, 2):
        raise _damaged()
    chunks, at = [], 12
    while at + 8 <= len(data):
        length, kind = struct.unpack_from("<II", data, at)
        if at + 8 + length > len(data):
            raise _damaged()
        chunks.append((kind, data[at + 8 : at + 8 + length]))
        at += 8 + length
    if not chunks or chunks[0][0] != _JSON:
        raise _damaged()
    has_binary = len(chunks) > 1 and chunks[1][0] == _BINARY
    binary = chunks[1][1] if has_binary else b""
    return chunks[0][1], binary + bytes(-len(binary) % 4), chunks[2 if has_binary else 1 :]


def _parsed(text: bytes) -> dict[str, Any]:
    document = json.loads(text)
    buffers = document.get("buffers") or []
    if not document["asset"]:
        raise _damaged()
    if any("uri" in buffer for buffer in buffers):
        raise BadAvatar("this GLB keeps its data in other files; export it as one file")
    parsed: dict[str, Any] = document
    return parsed


def _file(document: dict[str, Any], binary: bytes, others: list[tuple[int, bytes]]) -> bytes:
    try:
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except ValueError:  # NaN, or half a surrogate pair
        raise _damaged() from None
    chunks = [(_JSON, text + b" " * (-len(text) % 4)), (_BINARY, binary), *others]
    body = b"".join(struct.pack("<II", len(data), kind) + data for kind, data in chunks)
    return struct.pack("<III", _MAGIC, 2, 12 + len(body)) + body


def _meshes(document: dict[str, Any]) -> list[_Mesh]:
    """Returns the nodes with named targets. As in Three.js, a list of names of the wrong length is ignored."""
    found, accessors = [], document.get("accessors", [])
    for node, content in enumerate(document.get("nodes", [])):
        if "mesh" not in content:
            continue
        mesh = document["meshes"][content["mesh"]]
        first = mesh["primitives"][0]
        count = len(first.get("targets", []))
        names = mesh.get("extras", {}).get("targetNames") or first.get("extras", {}).get("targetNames")
        if not count or not isinstance(names, list) or len(names) != count:
            continue
        rest = content.get("weights") or mesh.get("weights") or [0] * count
        parts = [_moving(primitive, accessors) for primitive in mesh["primitives"]]
        index = {str(name): i for i, name in enumerate(names)}
        moving = [name for name, i in index.items() if any(part[i] for part in parts)]
        found.append(_Mesh(node, [str(name) for name in names], [float(w) for w in rest], moving, {}))
    return found


def _bound(meshes: Sequence[_Mesh]) -> list[_Mesh]:
    """Returns the meshes that shapes move."""
    planned = zip(meshes, plan_meshes([(mesh.moving, mesh.names) for mesh in meshes]), strict=True)
    return [_Mesh(mesh.node, mesh.names, mesh.rest, mesh.moving, terms) for mesh, terms in planned if terms]


def _moving(primitive: dict[str, Any], accessors: Sequence[dict[str, Any]]) -> list[bool]:
    """Returns for each target of a primitive whether it moves anything."""
    boxes = [_box(accessors, target.get("POSITION")) for target in primitive.get("targets", [])]
    reaches = [max(map(abs, [*low, *high])) for low, high in boxes]
    low, high = _box(accessors, primitive["attributes"].get("POSITION"))
    size = max(b - a for a, b in zip(low, high, strict=True))
    most = max((reach for reach in reaches if math.isfinite(reach)), default=0)
    noise = min(_OF_SIZE * size, _OF_MOVES * most)
    return [reach > noise for reach in reaches]


def _box(accessors: Sequence[dict[str, Any]], index: int | None) -> tuple[list[float], list[float]]:
    """Returns the bounds of an accessor; infinite if the file has none."""
    accessor = accessors[index] if index is not None else {}
    if not accessor.get("min") or not accessor.get("max"):
        return [-math.inf], [math.inf]
    unit = _FULL[accessor["componentType"]] if accessor.get("normalized") else 1
    low, high = ([value / unit for value in accessor[bound]] for bound in ("min", "max"))
    return low, high


def _damaged() -> BadAvatar:
    return BadAvatar("this is not a GLB, or it is damaged; export it again as binary glTF 2.0")
