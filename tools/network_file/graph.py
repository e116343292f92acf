"""Reads sizes and weights from the graph that training/network/export.py writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from a2f_server.backends.builtin import mel

Array = NDArray[Any]
ENDS = 3
"""Products after the residual blocks: the faces, and two of the rig."""
PHONES = "phones"
"""The output that the page does not use."""


@dataclass(frozen=True)
class Network:
    """The constants of the graph. `stem`: steps that the first layer takes side by side."""

    stem: int
    dilations: list[int]
    tensors: dict[str, Array]
    """Matrices `[inputs, outputs]`, and rows: float16 if the graph stores them so, else float32."""


class Graph:
    """A graph's constants, and its nodes by their inputs."""

    def __init__(self, file: Path) -> None:
        model = onnx.load(file)
        self.nodes, self.metadata = model.graph.node, {each.key: each.value for each in model.metadata_props}
        self.inputs = {
            each.name: [axis.dim_value for axis in each.type.tensor_type.shape.dim] for each in model.graph.input
        }
        self._constants = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
        for node in self.nodes:
            if node.op_type == "Cast" and node.input[0] in self._constants:
                self._constants[node.output[0]] = self._constants[node.input[0]]

    def constants(self, node: onnx.NodeProto) -> list[Array]:
        """Returns the inputs of a node that are constants."""
        return [self._constants[name] for name in node.input if name in self._constants]

    def after(self, node: onnx.NodeProto) -> onnx.NodeProto:
        """Returns the only node that uses the output of another one."""
        [user] = self.users(node)
        return user

    def users(self, node: onnx.NodeProto) -> list[onnx.NodeProto]:
        """Returns the nodes that use the output of another one."""
        return [each for each in self.nodes if node.output[0] in each.input]

    def of(self, kind: str) -> list[onnx.NodeProto]:
        """Returns the nodes of one kind, in order."""
        return [node for node in self.nodes if node.op_type == kind]


def read(file: Path) -> Network:
    """Raises ValueError if the graph is built differently: then this module and web/src/network/ need a change."""
    graph = Graph(file)
    _, bands, stem, *blocks = [node for node in graph.of("MatMul") if graph.after(node).output[0] != PHONES]
    blocks, (faces, yields, shapes) = blocks[:-ENDS], blocks[-ENDS:]
    past, dilations = graph.inputs["features"][1], json.loads(graph.metadata["dilations"])
    tensors = _features(graph, bands) | _linear(graph, "stem", stem)
    for i, (taps, mix) in enumerate(zip(blocks[::2], blocks[1::2], strict=True)):
        tensors |= _linear(graph, f"block{i}.taps", taps) | _linear(graph, f"block{i}.mix", mix)
    tensors |= _norm(graph) | _linear(graph, "faces", faces)
    [tensors["rig.yields"]], [tensors["rig.shapes"]] = graph.constants(yields), graph.constants(shapes)
    network = Network(past + 1, dilations, tensors)
    _check(network)
    return network


def _features(graph: Graph, bands: onnx.NodeProto) -> dict[str, Array]:
    """Returns the factors and offsets of the logarithms, `[128]` each."""
    offset = graph.after(bands)
    same = np.array_equal(graph.constants(bands)[0], np.float32(mel.bands() / mel.QUIET))
    _require(same and graph.constants(offset)[0] == 1, "features")
    scale, shift = np.ones(2 * mel.BANDS, np.float32), np.zeros(2 * mel.BANDS, np.float32)
    following = graph.users(graph.after(offset))
    while len(following) == 1:
        [node] = following
        _require(node.op_type in {"Mul", "Add", "Reshape"}, "features")
        if node.op_type != "Reshape":
            value = _each(np.ravel(graph.constants(node)[0]))
            scale, shift = (scale * value, shift * value) if node.op_type == "Mul" else (scale, shift + value)
        following = graph.users(node)
    return {"features.scale": scale, "features.shift": shift}


def _each(value: Array) -> Array:
    """Returns a constant for each of the 128 features: it is one number, or one a band, or one a feature."""
    return np.tile(value, 2 * mel.BANDS // len(value)).astype(np.float32)


def _linear(graph: Graph, name: str, product: onnx.NodeProto) -> dict[str, Array]:
    """Returns the matrix and the bias of a linear layer."""
    [weights], [bias] = graph.constants(product), graph.constants(graph.after(product))
    return {f"{name}.weights": weights, f"{name}.bias": bias}


def _norm(graph: Graph) -> dict[str, Array]:
    """Returns the batch norm before the faces, the last product of values with a row."""
    [*_, scale] = [node for node in graph.of("Mul") if any(each.ndim == 1 for each in graph.constants(node))]
    [shift] = graph.constants(graph.after(scale))
    return {"norm.scale": graph.constants(scale)[0], "norm.shift": shift}


def _check(network: Network) -> None:
    """Requires the shapes that web/src/network/ assumes."""
    t, features = network.tensors, 2 * mel.BANDS
    width, faces = t["stem.bias"].size, t["faces.bias"].size
    shapes = {"stem": (network.stem * features, width), "faces": (width, faces)}
    for i in range(len(network.dilations)):
        shapes |= {f"block{i}.taps": (2 * width, width), f"block{i}.mix": (width, width)}
    for name, shape in shapes.items():
        _require(t[f"{name}.weights"].shape == shape and t[f"{name}.bias"].shape == shape[1:], name)
    _require(t["norm.scale"].shape == t["norm.shift"].shape == (width,), "norm")
    _require(t["rig.yields"].shape[1] == faces == t["rig.shapes"].shape[0], "rig")


def _require(condition: bool, part: str) -> None:
    if not condition:
        raise ValueError(f"the network's {part} are built differently; change tools/network_file and web/src/network/")
