"""Converts a graph of convolutions from TensorFlow Lite to ONNX. Weights stay float16, as they are stored."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

import numpy as np
import onnx
import tflite
from onnx import TensorProto, helper, numpy_helper

from tools.face_networks.graph import Array, Graph, Operation

OPSET, IR_VERSION = 17, 8
TO_CHANNELS_FIRST, TO_CHANNELS_LAST = (0, 3, 1, 2), (0, 2, 3, 1)
SAME = 0
"""Value of the padding option of TensorFlow Lite."""


def convert(graph: Graph) -> onnx.ModelProto:
    """Returns the network. Its input `input` has the layout of the original; outputs are `output_0` … in its order."""
    return _Converter(graph).model()


class _Converter:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._constants = graph.constants()
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: list[onnx.TensorProto] = []
        self._pictures = {graph.input}
        """Tensors with channels first, which are last in the original."""

    def model(self) -> onnx.ModelProto:
        graph = self._graph
        self._node("Transpose", ["input"], _name(graph.input), perm=TO_CHANNELS_FIRST)
        for operation in graph.operations():
            _OPERATIONS[operation.kind](self, operation)
        for i, tensor in enumerate(graph.outputs):
            self._node("Identity", [_name(tensor)], f"output_{i}")
        inputs = [helper.make_tensor_value_info("input", TensorProto.FLOAT, graph.shape(graph.input))]
        outputs = [
            helper.make_tensor_value_info(f"output_{i}", TensorProto.FLOAT, graph.shape(tensor))
            for i, tensor in enumerate(graph.outputs)
        ]
        made = helper.make_graph(self._nodes, "face", inputs, outputs, self._initializers)
        return helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)

    def dequantize(self, operation: Operation) -> None:
        """Keeps the stored values."""
        self._constants[operation.output] = self._constants[operation.inputs[0]]

    def convolve(self, operation: Operation) -> None:
        depthwise = operation.kind == "DEPTHWISE_CONV_2D"
        options = operation.options(tflite.DepthwiseConv2DOptions if depthwise else tflite.Conv2DOptions)
        source, weights, *bias = operation.inputs
        kernel = self._constants[weights].transpose(3, 0, 1, 2) if depthwise else None
        if kernel is None:
            kernel = self._constants[weights].transpose(*TO_CHANNELS_FIRST)
        strides = (options.StrideH(), options.StrideW())
        given = [_name(source), self._constant("weights", operation, kernel)]
        given += [self._constant("bias", operation, self._constants[i]) for i in bias if i >= 0]
        groups = self._graph.shape(source)[3] if depthwise else 1
        pads = self._pads(options, source, kernel.shape[2:], strides)
        assert not options.FusedActivationFunction(), "an activation of its own is not known"
        self._node("Conv", given, _name(operation.output), strides=strides, pads=pads, group=groups)
        self._pictures.add(operation.output)

    def add(self, operation: Operation) -> None:
        assert not operation.options(tflite.AddOptions).FusedActivationFunction(), "an activation is not known"
        self._node("Add", [_name(i) for i in operation.inputs], _name(operation.output))
        self._pictures.add(operation.output)

    def max_pool(self, operation: Operation) -> None:
        options = operation.options(tflite.Pool2DOptions)
        window = (options.FilterHeight(), options.FilterWidth())
        strides = (options.StrideH(), options.StrideW())
        pads = self._pads(options, operation.inputs[0], window, strides)
        source = [_name(operation.inputs[0])]
        self._node("MaxPool", source, _name(operation.output), kernel_shape=window, strides=strides, pads=pads)
        self._pictures.add(operation.output)

    def pad(self, operation: Operation) -> None:
        widths = self._constants[operation.inputs[1]][list(TO_CHANNELS_FIRST)]
        pads = np.concatenate([widths[:, 0], widths[:, 1]]).astype(np.int64)
        given = [_name(operation.inputs[0]), self._constant("pads", operation, pads)]
        self._node("Pad", given, _name(operation.output))
        self._pictures.add(operation.output)

    def parametric_relu(self, operation: Operation) -> None:
        slopes = self._constants[operation.inputs[1]].reshape(-1, 1, 1)
        given = [_name(operation.inputs[0]), self._constant("slopes", operation, slopes)]
        self._node("PRelu", given, _name(operation.output))
        self._pictures.add(operation.output)

    def relu(self, operation: Operation) -> None:
        self._node("Relu", [_name(operation.inputs[0])], _name(operation.output))
        self._pictures.add(operation.output)

    def logistic(self, operation: Operation) -> None:
        self._node("Sigmoid", [_name(operation.inputs[0])], _name(operation.output))

    def reshape(self, operation: Operation) -> None:
        source = _name(operation.inputs[0])
        if operation.inputs[0] in self._pictures:
            self._node("Transpose", [source], f"{source}_last", perm=TO_CHANNELS_LAST)
            source = f"{source}_last"
        shape = np.array(self._graph.shape(operation.output), np.int64)
        self._node("Reshape", [source, self._constant("shape", operation, shape)], _name(operation.output))

    def concatenate(self, operation: Operation) -> None:
        axis = operation.options(tflite.ConcatenationOptions).Axis()
        self._node("Concat", [_name(i) for i in operation.inputs], _name(operation.output), axis=axis)

    def _node(self, kind: str, inputs: list[str], output: str, **attributes: object) -> None:
        self._nodes.append(helper.make_node(kind, inputs, [output], **attributes))

    def _constant(self, kind: str, operation: Operation, values: Array) -> str:
        """Stores values; float16 ones are widened when the network is loaded."""
        name = f"{kind}_{operation.output}"
        self._initializers.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        if values.dtype != np.float16:
            return name
        self._node("Cast", [name], f"{name}_wide", to=TensorProto.FLOAT)
        return f"{name}_wide"

    def _pads(self, options: object, source: int, window: tuple[int, ...], strides: tuple[int, int]) -> list[int]:
        """Returns TensorFlow's SAME padding: the extra pixel of an odd total goes at the end."""
        if options.Padding() != SAME:  # type: ignore[attr-defined]
            return [0, 0, 0, 0]
        sizes = self._graph.shape(source)[1:3]
        total = [
            max((ceil(size / stride) - 1) * stride + width - size, 0)
            for size, width, stride in zip(sizes, window, strides, strict=True)
        ]
        return [total[0] // 2, total[1] // 2, total[0] - total[0] // 2, total[1] - total[1] // 2]


_OPERATIONS: dict[str, Callable[[_Converter, Operation], None]] = {
    "DEQUANTIZE": _Converter.dequantize,
    "CONV_2D": _Converter.convolve,
    "DEPTHWISE_CONV_2D": _Converter.convolve,
    "PRELU": _Converter.parametric_relu,
    "RELU": _Converter.relu,
    "ADD": _Converter.add,
    "MAX_POOL_2D": _Converter.max_pool,
    "PAD": _Converter.pad,
    "LOGISTIC": _Converter.logistic,
    "RESHAPE": _Converter.reshape,
    "CONCATENATION": _Converter.concatenate,
}


def _name(tensor: int) -> str:
    return f"t{tensor}"
