"""Makes an inner value of an ONNX graph an output, without the `onnx` package."""

from __future__ import annotations

from a2f_server.onnx_runtime.protobuf import field

NAME, OUTPUT, GRAPH = 1, 12, 7
"""Field numbers of ValueInfoProto.name, GraphProto.output and ModelProto.graph (onnx.proto)."""


def with_output(model: bytes, name: str) -> bytes:
    """Returns the model with the value `name` as its last output.

    Protobuf merges a second occurrence of a message into the first, so appending a graph with one output adds it.
    """
    return model + field(GRAPH, field(OUTPUT, field(NAME, name.encode())))
