"""Reads the graph of a TensorFlow Lite file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import tflite
from numpy.typing import NDArray

Array = NDArray[Any]

_DTYPES = {
    tflite.TensorType.FLOAT32: np.float32,
    tflite.TensorType.FLOAT16: np.float16,
    tflite.TensorType.INT32: np.int32,
}
_KINDS = {number: name for name, number in vars(tflite.BuiltinOperator).items() if isinstance(number, int)}


@dataclass
class Operation:
    """One operation: its kind as TensorFlow Lite names it, and the numbers of its tensors."""

    kind: str
    inputs: list[int]
    output: int
    _table: Any

    def options(self, kind: Any) -> Any:
        """Returns its options as an object of a class of `tflite`."""
        options, table = kind(), self._table.BuiltinOptions()
        options.Init(table.Bytes, table.Pos)
        return options


class Graph:
    """The operations and tensors of a file. Its layout of pictures is batch, height, width, channels."""

    def __init__(self, data: bytes) -> None:
        self._model = tflite.Model.GetRootAsModel(data, 0)
        self._graph = self._model.Subgraphs(0)
        self.input = self._graph.Inputs(0)
        self.outputs = [self._graph.Outputs(i) for i in range(self._graph.OutputsLength())]

    def operations(self) -> Iterator[Operation]:
        """Yields the operations in the order in which they run."""
        for i in range(self._graph.OperatorsLength()):
            table = self._graph.Operators(i)
            code = self._model.OperatorCodes(table.OpcodeIndex())
            kind = _KINDS[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
            inputs = [table.Inputs(k) for k in range(table.InputsLength())]
            yield Operation(kind, inputs, table.Outputs(0), table)

    def shape(self, tensor: int) -> list[int]:
        """Returns the shape of a tensor."""
        return [int(size) for size in self._graph.Tensors(tensor).ShapeAsNumpy()]

    def constants(self) -> dict[int, Array]:
        """Returns the values of the tensors that are stored in the file."""
        found = {}
        for i in range(self._graph.TensorsLength()):
            tensor = self._graph.Tensors(i)
            buffer = self._model.Buffers(tensor.Buffer())
            if buffer.DataLength():
                shape = tensor.ShapeAsNumpy() if tensor.ShapeLength() else ()
                found[i] = buffer.DataAsNumpy().view(_DTYPES[tensor.Type()]).reshape(shape)
        return found
