"""Inner values of a graph as outputs."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from a2f_server.onnx_runtime.graph_outputs import with_output
from a2f_server.onnx_runtime.session import Session


def graph(inner: str) -> bytes:
    """Returns a model that doubles a number twice; the value in between is `inner`."""
    value = helper.make_tensor_value_info
    nodes = [helper.make_node("Add", ["x", "x"], [inner]), helper.make_node("Add", [inner, inner], ["y"])]
    made = helper.make_graph(
        nodes, "doubles", [value("x", TensorProto.FLOAT, [1])], [value("y", TensorProto.FLOAT, [1])]
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9).SerializeToString()


@pytest.mark.parametrize("name", ["/Clip_output_0", "inner" * 60], ids=["short", "longer than 127 bytes"])
def test_an_inner_value_becomes_the_last_output(name: str) -> None:
    made = with_output(graph(name), name)
    model = onnx.load_from_string(made)
    assert [output.name for output in model.graph.output] == ["y", name]
    assert len(model.graph.node) == 2
    y, inner = Session(made, "cpu").run(x=np.array([1], np.float32))
    assert (y[0], inner[0]) == (4, 2)
