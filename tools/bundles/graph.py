"""An ONNX graph as it is written: nodes and constants as they come, names made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
Shape = list[int | str]


class Graph:
    """Call it with an operator and its inputs; it answers with the name of what comes out."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def __call__(self, op: str, *inputs: str, to: str = "", outputs: int = 1, **attributes: Any) -> str:
        """One node; the name of its first output, and of others with `_1`, `_2`."""
        first = to or f"{op.lower()}{len(self._nodes)}"
        names = [first, *(f"{first}_{i}" for i in range(1, outputs))]
        self._nodes.append(helper.make_node(op, inputs, names, **attributes))
        return first

    def floats(self, values: Any) -> str:
        """A constant of float32."""
        return self._constant(np.asarray(values, np.float32))

    def ints(self, *values: int) -> str:
        """A constant row of integers."""
        return self._constant(np.array(values, np.int64))

    def slice(self, x: str, start: int, stop: int, axis: int) -> str:
        """x[start:stop] along an axis."""
        return self("Slice", x, self.ints(start), self.ints(stop), self.ints(axis))

    def reshape(self, x: str, *shape: int) -> str:
        """0 keeps an axis, −1 is what is left."""
        return self("Reshape", x, self.ints(*shape))

    def matmul(self, x: str, matrix: Any) -> str:
        """x @ matrix."""
        return self("MatMul", x, self.floats(matrix))

    def scaled(self, x: str, by: Any) -> str:
        """x · by."""
        return self("Mul", x, self.floats(by))

    def sum(self, first: str, *others: str) -> str:
        """Added one after another."""
        for other in others:
            first = self("Add", first, other)
        return first

    def save(self, file: Path, inputs: dict[str, Shape], outputs: dict[str, Shape]) -> None:
        """Writes the graph. Axes that are words are dynamic; everything is float32."""
        graph = helper.make_graph(self._nodes, "network", _infos(inputs), _infos(outputs), self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
        onnx.checker.check_model(model)
        file.write_bytes(model.SerializeToString())

    def _constant(self, values: NDArray[Any]) -> str:
        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name


def _infos(shapes: dict[str, Shape]) -> list[Any]:
    return [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]


def inputs(kind: str, outputs: int, latent: int, implicit: int = 16) -> tuple[dict[str, Shape], dict[str, Shape]]:
    """What NVIDIA's networks take and give, by name; B is the batch."""
    if kind == "regression":
        return {"input": ["B", 1, 8320], "emotion": ["B", 1, implicit + 10]}, {"result": ["B", 1, outputs]}
    return {
        "window": ["B", 16000],
        "identity": ["B", 3],
        "emotion": ["B", 30, 10],
        "input_latents": [2, 2, "B", latent],
        "noise": ["B", 3, 60, outputs],
    }, {"prediction": ["B", 60, outputs], "output_latents": [2, 2, "B", latent]}
