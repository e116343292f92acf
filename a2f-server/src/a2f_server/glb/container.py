"""The container of a GLB file: a header, a chunk of JSON, and a chunk of binary data (glTF 2.0, section 4)."""

from __future__ import annotations

import json
import struct
from typing import Any, NoReturn

from a2f_server.errors import BadAvatar, TooLarge

MOST_BYTES = 64_000_000
"""Bytes of a file."""
MOST_JSON, MOST_CONTAINERS = 4_000_000, 100_000
"""Bytes of its JSON, and objects and lists in it. All threads wait while it is parsed: without the second limit, and
with the garbage collector as the server tunes it, up to 20 s."""
_JSON, _BINARY = 0x4E4F534A, 0x004E4942
_SUPPORTED = (
    "KHR_mesh_quantization",
    "KHR_texture_transform",
    "EXT_texture_webp",
    "KHR_materials_",
    "KHR_lights_punctual",
    "VRM",
)
"""Prefixes of extensions that a file may require. Those of materials that are not implemented only change the look."""


def read_container(data: bytes) -> tuple[dict[str, Any], memoryview]:
    """Returns the JSON and the binary data of a GLB file.

    Raises BadAvatar if it is no GLB of version 2, is cut off, or needs an extension that is not supported; TooLarge for
    more than MOST_BYTES, or of JSON than MOST_JSON and MOST_CONTAINERS.
    """
    if len(data) > MOST_BYTES:
        raise TooLarge(f"this avatar has more than {MOST_BYTES // 1_000_000} MB; make its textures smaller")
    if data[:4] != b"glTF" or len(data) < 20:
        raise BadAvatar("this is not a GLB file; export the avatar as GLB (glTF binary) or VRM")
    chunks = _chunks(data)
    text = chunks.get(_JSON, memoryview(b""))
    if len(text) > MOST_JSON or sum(map(bytes(text).count, (b"[", b"{"))) > MOST_CONTAINERS:
        raise TooLarge("this avatar describes more nodes and morph targets than any face needs")
    document = _parsed(text)
    _check_extensions(document)
    return document, chunks.get(_BINARY, memoryview(b""))


def _chunks(data: bytes) -> dict[int, memoryview]:
    version, length = struct.unpack_from("<II", data, 4)
    if version != 2:
        raise BadAvatar(f"this GLB has version {version}; export the avatar as glTF 2.0")
    if length > len(data):
        raise BadAvatar(f"this GLB is cut off: {len(data)} of {length} bytes")
    found: dict[int, memoryview] = {}
    at, view = 12, memoryview(data)
    while at + 8 <= length and len(found) < 2:
        size, kind = struct.unpack_from("<II", data, at)
        if at + 8 + size > length:
            raise BadAvatar("this GLB is cut off within a chunk")
        found.setdefault(kind, view[at + 8 : at + 8 + size])
        at += 8 + size
    return found


def _parsed(text: memoryview) -> dict[str, Any]:
    try:
        document = json.loads(bytes(text).decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BadAvatar("the JSON of this GLB cannot be parsed") from None
    if not isinstance(document, dict):
        raise BadAvatar("the JSON of this GLB is not an object")
    return document


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _check_extensions(document: dict[str, Any]) -> None:
    required = document.get("extensionsRequired", [])
    for name in required if isinstance(required, list) else []:
        if not str(name).startswith(_SUPPORTED):
            raise BadAvatar(
                f"this avatar needs {str(name)[:60]}, which is not supported; export it without compressed meshes "
                "and textures"
            )
