"""The projection as a graph: rows [B, F, R] → z [B, frames, m].

Selects frames and columns, and multiplies by a matrix. `frames`, `columns` and `matrix` are placeholders; the server
replaces them by a bundle's own (a2f_server/onnx_runtime/initializers.py).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

from a2f_server.backends.audio2face3d.network.base import PROJECTION_GRAPH as FILE

OPSET, IR = 17, 8

__all__ = ["FILE", "build"]


def build() -> Any:
    """Returns the model (`onnx.ModelProto`)."""
    nodes = [
        helper.make_node("Gather", ["rows", "frames"], ["kept"], axis=1),
        helper.make_node("Gather", ["kept", "columns"], ["selected"], axis=2),
        helper.make_node("MatMul", ["selected", "matrix"], ["z"]),
    ]
    constants = [
        numpy_helper.from_array(np.zeros(1, np.int64), "frames"),
        numpy_helper.from_array(np.zeros(1, np.int64), "columns"),
        numpy_helper.from_array(np.zeros((1, 1), np.float32), "matrix"),
    ]
    rows = helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["B", "F", "R"])
    z = helper.make_tensor_value_info("z", TensorProto.FLOAT, ["B", "frames", "m"])
    graph = helper.make_graph(nodes, "projection", [rows], [z], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)
    checker.check_model(model, full_check=True)
    return model
