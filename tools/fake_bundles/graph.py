"""Builds an ONNX graph node by node, with generated names."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from a2f_server.arrays import AnyArray

OPSET = 17
Shape = list[int | str]


class Graph:
    """A graph under construction. Calling it adds a node and returns the name of its output."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def __call__(self, op: str, *inputs: str, to: str = "", outputs: int = 1, **attributes: Any) -> str:
        """Adds a node; returns the name of its first output. Others have the suffixes `_1`, `_2`."""
        first = to or f"{op.lower()}{len(self._nodes)}"
        names = [first, *(f"{first}_{i}" for i in range(1, outputs))]
        self._nodes.append(helper.make_node(op, inputs, names, **attributes))
        return first

    def floats(self, values: Any) -> str:
        """Adds a float32 constant."""
        return self._constant(np.asarray(values, np.float32))

    def ints(self, *values: int) -> str:
        """Adds a constant list of integers."""
        return self._constant(np.array(values, np.int64))

    def to_int64(self, x: str) -> str:
        """Adds a conversion to int64."""
        self._nodes.append(helper.make_node("Cast", [x], [f"{x}_int64"], to=TensorProto.INT64))
        return f"{x}_int64"

    def slice(self, x: str, start: int, stop: int, axis: int) -> str:
        """Adds x[start:stop] along an axis."""
        return self("Slice", x, self.ints(start), self.ints(stop), self.ints(axis))

    def reshape(self, x: str, *shape: int) -> str:
        """Adds a reshape; 0 keeps an axis, −1 is inferred."""
        return self("Reshape", x, self.ints(*shape))

    def matmul(self, x: str, matrix: Any) -> str:
        """Adds x @ matrix."""
        return self("MatMul", x, self.floats(matrix))

    def scaled(self, x: str, by: Any) -> str:
        """Adds x · by."""
        return self("Mul", x, self.floats(by))

    def sum(self, first: str, *others: str) -> str:
        """Adds the sum of several values."""
        for other in others:
            first = self("Add", first, other)
        return first

    def save(
        self, file: Path, inputs: dict[str, Shape], outputs: dict[str, Shape], integers: Collection[str] = ()
    ) -> None:
        """Writes the graph. Axes given by name are dynamic; everything is float32, but for inputs named as int32."""
        graph = helper.make_graph(self._nodes, "network", _infos(inputs, integers), _infos(outputs), self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
        onnx.checker.check_model(model)
        file.write_bytes(model.SerializeToString())

    def _constant(self, values: AnyArray) -> str:
        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name


def _infos(shapes: dict[str, Shape], integers: Collection[str] = ()) -> list[Any]:
    types = {name: TensorProto.INT32 if name in integers else TensorProto.FLOAT for name in shapes}
    return [helper.make_tensor_value_info(name, types[name], shape) for name, shape in shapes.items()]


def inputs(kind: str, outputs: int, latent: int, implicit: int = 16) -> tuple[dict[str, Shape], dict[str, Shape]]:
    """Returns the inputs and outputs of NVIDIA's networks by name; B is the batch."""
    if kind == "regression":
        return {"input": ["B", 1, 8320], "emotion": ["B", 1, implicit + 10]}, {"result": ["B", 1, outputs]}
    return {
        "window": ["B", 16000],
        "identity": ["B", 3],
        "emotion": ["B", 30, 10],
        "input_latents": [2, 2, "B", latent],
        "noise": ["B", 3, 60, outputs],
    }, {"prediction": ["B", 60, outputs], "output_latents": [2, 2, "B", latent]}
