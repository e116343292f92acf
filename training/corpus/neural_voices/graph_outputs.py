"""Makes an inner value of an ONNX graph an output, without the `onnx` package."""

from __future__ import annotations

NAME, OUTPUT, GRAPH = 0x0A, 0x62, 0x3A
"""Protobuf keys of ValueInfoProto.name, GraphProto.output and ModelProto.graph (onnx.proto)."""


def with_output(model: bytes, name: str) -> bytes:
    """Returns the model with the value `name` as its last output.

    Protobuf merges a second occurrence of a message into the first, so appending a graph with one output adds it.
    """
    return model + _field(GRAPH, _field(OUTPUT, _field(NAME, name.encode())))


def _field(key: int, content: bytes) -> bytes:
    return bytes([key]) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])
