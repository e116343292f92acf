"""Replaces initializers (constants) in the bytes of an ONNX graph.

onnxruntime can take initializers from outside (`SessionOptions.add_initializer`), but only on the device for which it
planned them: on a GPU it refuses a host array, and silently runs with the graph's own. A graph that contains its
constants runs the same everywhere, and its weights are packed like those of any other graph.

Field numbers are those of onnx.proto.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np

from a2f_server.arrays import AnyArray
from a2f_server.onnx_runtime.protobuf import VARINT, field, fields, varint

GRAPH, INITIALIZER, DIMS, DATA_TYPE, NAME, RAW_DATA = 7, 5, 1, 2, 8, 9
"""ModelProto.graph, GraphProto.initializer, and four fields of TensorProto."""
DATA_TYPES = {np.dtype(np.float32): 1, np.dtype(np.int64): 7}


def replace(model: bytes, initializers: Mapping[str, AnyArray]) -> bytes:
    """Returns the model with these initializers (float32 or int64); names that it does not have are added."""
    old = {name.encode() for name in initializers}
    new = b"".join(field(INITIALIZER, _tensor(name, values)) for name, values in initializers.items())
    parts = []
    for one in fields(io.BytesIO(model), len(model)):
        if one.number == GRAPH:
            parts.append(field(GRAPH, _without(model[one.value : one.end], old) + new))
        else:
            parts.append(model[one.begin : one.end])
    return b"".join(parts)


def _without(graph: bytes, names: set[bytes]) -> bytes:
    """Removes the initializers of these names."""
    return b"".join(
        graph[one.begin : one.end]
        for one in fields(io.BytesIO(graph), len(graph))
        if one.number != INITIALIZER or _name(graph[one.value : one.end]) not in names
    )


def _name(tensor: bytes) -> bytes:
    found = (one for one in fields(io.BytesIO(tensor), len(tensor)) if one.number == NAME)
    return next((tensor[one.value : one.end] for one in found), b"")


def _tensor(name: str, values: AnyArray) -> bytes:
    dims = b"".join(varint(DIMS << 3 | VARINT) + varint(size) for size in values.shape)
    data_type = varint(DATA_TYPE << 3 | VARINT) + varint(DATA_TYPES[values.dtype])
    little = values.astype(values.dtype.newbyteorder("<"), copy=False)
    return dims + data_type + field(NAME, name.encode()) + field(RAW_DATA, little.tobytes())
