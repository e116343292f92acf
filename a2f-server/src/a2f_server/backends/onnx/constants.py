"""Constants written into an ONNX graph's bytes, in place of its own of those names.

onnxruntime can take constants from outside (`SessionOptions.add_initializer`), but only where they lie on the device
that it has planned for them: on a GPU it refuses a host's array, and runs with the graph's own without an error. A
graph that holds its constants runs the same everywhere, and its products are packed as those of any other.

The bytes are protobuf: a message is a row of fields, a field is a key (number and kind), and what it holds. The numbers
are those of onnx.proto: ModelProto.graph 7, GraphProto.initializer 5, and of TensorProto dims 1, data_type 2, name 8,
raw_data 9.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

GRAPH, INITIALIZER, DIMS, DATA_TYPE, NAME, RAW_DATA = 7, 5, 1, 2, 8, 9
VARINT, EIGHT_BYTES, COUNTED, FOUR_BYTES = 0, 1, 2, 5
"""Kinds of field."""
TYPES = {np.dtype(np.float32): 1, np.dtype(np.int64): 7}


def put(graph: bytes, constants: Mapping[str, NDArray[Any]]) -> bytes:
    """The graph with these constants (float32 or int64), one it has no initializer of that name for being added."""
    old = {name.encode() for name in constants}
    new = b"".join(_field(INITIALIZER, _tensor(name, values)) for name, values in constants.items())
    parts = []
    for number, whole, held in _fields(graph):
        parts.append(_field(GRAPH, _without(held, old) + new) if number == GRAPH else whole)
    return b"".join(parts)


def _without(graph: bytes, names: set[bytes]) -> bytes:
    """The graph without its own constants of these names."""
    fields = _fields(graph)
    return b"".join(whole for number, whole, held in fields if number != INITIALIZER or _name(held) not in names)


def _name(tensor: bytes) -> bytes:
    return next((held for number, _, held in _fields(tensor) if number == NAME), b"")


def _tensor(name: str, values: NDArray[Any]) -> bytes:
    dims = b"".join(_varint(DIMS << 3 | VARINT) + _varint(size) for size in values.shape)
    kind = _varint(DATA_TYPE << 3 | VARINT) + _varint(TYPES[values.dtype])
    little = values.astype(values.dtype.newbyteorder("<"), copy=False)
    return dims + kind + _field(NAME, name.encode()) + _field(RAW_DATA, little.tobytes())


def _field(number: int, held: bytes) -> bytes:
    return _varint(number << 3 | COUNTED) + _varint(len(held)) + held


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _fields(message: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Of each field its number, its bytes, and what it holds where that is counted."""
    at = 0
    while at < len(message):
        begin = at
        key, at = _read(message, at)
        size, kind = 0, key & 7
        if kind == VARINT:
            _, at = _read(message, at)
        elif kind == COUNTED:
            size, at = _read(message, at)
        else:
            at += {EIGHT_BYTES: 8, FOUR_BYTES: 4}[kind]
        at += size
        yield key >> 3, message[begin:at], message[at - size : at] if size else b""


def _read(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while message[at] > 0x7F:
        value |= (message[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
    return value | message[at] << shift, at + 1
