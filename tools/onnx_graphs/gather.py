"""Selects rows of a block, as a graph: block [N, S], index [k] → rows [k, S]."""

from __future__ import annotations

from typing import Any

from onnx import TensorProto, checker, helper

from a2f_server.onnx_runtime.device_gather import GATHER_GRAPH as FILE

OPSET, IR = 17, 8

__all__ = ["FILE", "build"]


def build() -> Any:
    """Returns the model (`onnx.ModelProto`)."""
    block = helper.make_tensor_value_info("block", TensorProto.FLOAT, ["N", "S"])
    index = helper.make_tensor_value_info("index", TensorProto.INT64, ["k"])
    rows = helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["k", "S"])
    node = helper.make_node("Gather", ["block", "index"], ["rows"], axis=0)
    graph = helper.make_graph([node], "gather", [block, index], [rows])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)
    checker.check_model(model, full_check=True)
    return model
