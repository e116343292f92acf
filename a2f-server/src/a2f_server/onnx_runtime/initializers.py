"""Replaces initializers (constants) in the bytes of an ONNX graph.

onnxruntime can take initializers from outside (`SessionOptions.add_initializer`), but only on the device for which it
planned them: on a GPU it refuses a host array, and silently runs with the graph's own. A graph that contains its
constants runs the same everywhere, and its weights are packed like those of any other graph.

Field numbers are those of onnx.proto.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping

import numpy as np

from a2f_server.arrays import AnyArray
from a2f_server.onnx_runtime.protobuf import VARINT, Field, field, fields, header, varint

GRAPH, INITIALIZER, DIMS, DATA_TYPE, NAME, RAW_DATA = 7, 5, 1, 2, 8, 9
"""ModelProto.graph, GraphProto.initializer, and four fields of TensorProto."""
DATA_TYPES = {np.dtype(np.float32): 1, np.dtype(np.int64): 7}


def replace(model: bytes, initializers: Mapping[str, AnyArray]) -> bytes:
    """Returns the model with these initializers (float32 or int64); names that it does not have are added."""
    old = {name.encode() for name in initializers}
    new = [field(INITIALIZER, _tensor(name, values)) for name, values in initializers.items()]
    view, parts = memoryview(model), list[bytes | memoryview]()
    for one in _fields(model, 0, len(model)):
        if one.number == GRAPH:
            graph = [view[kept.begin : kept.end] for kept in _without(model, one, old)]
            parts += [header(GRAPH, sum(map(len, [*graph, *new]))), *graph, *new]
        else:
            parts.append(view[one.begin : one.end])
    return b"".join(parts)


def _without(model: bytes, graph: Field, names: set[bytes]) -> Iterator[Field]:
    """Yields the graph's fields except for the initializers of these names."""
    for one in _fields(model, graph.value, graph.end):
        if one.number != INITIALIZER or _name(model, one) not in names:
            yield one


def _name(model: bytes, tensor: Field) -> bytes:
    found = (one for one in _fields(model, tensor.value, tensor.end) if one.number == NAME)
    return next((model[one.value : one.end] for one in found), b"")


def _fields(model: bytes, begin: int, end: int) -> Iterator[Field]:
    """Yields the fields of the message within these positions; copies nothing."""
    message = io.BytesIO(model)
    message.seek(begin)
    return fields(message, end)


def _tensor(name: str, values: AnyArray) -> bytes:
    dims = b"".join(varint(DIMS << 3 | VARINT) + varint(size) for size in values.shape)
    data_type = varint(DATA_TYPE << 3 | VARINT) + varint(DATA_TYPES[values.dtype])
    little = values.astype(values.dtype.newbyteorder("<"), copy=False)
    return dims + data_type + field(NAME, name.encode()) + field(RAW_DATA, little.tobytes())
