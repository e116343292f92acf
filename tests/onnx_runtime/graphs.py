"""Builds small ONNX graphs."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper


def graph(
    nodes: list[Any], inputs: dict[str, list[Any]], outputs: dict[str, list[Any]], **constants: np.ndarray
) -> bytes:
    """Returns a model's bytes. `nodes` are (operator, inputs, output, attributes); inputs and outputs are float32."""
    made = [helper.make_node(op, into, [out], **attributes) for op, into, out, attributes in nodes]
    tensors = [
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
        for shapes in (inputs, outputs)
    ]
    kept = [numpy_helper.from_array(values, name) for name, values in constants.items()]
    whole = helper.make_graph(made, "graph", *tensors, kept)
    return bytes(
        helper.make_model(whole, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()
    )


def product(matrix: np.ndarray) -> bytes:
    """y = x @ matrix."""
    nodes = [("MatMul", ["x", "matrix"], "y", {})]
    return graph(nodes, {"x": ["B", "K"]}, {"y": ["B", "N"]}, matrix=matrix)
