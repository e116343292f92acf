"""Exports the trained network as one ONNX graph, from samples to 52 weights, with its state as input and output.

    sound [B, T, 2, frame], state [B, S] → weights [B, T, 52], state_after [B, S], phones [B, T, P]

`basis` is an initializer that the server replaces for each sample rate (a2f_server/backends/builtin/mel.py). All
products are MatMul and nothing is reduced over time, so results do not depend on the batch or the steps per call.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from a2f_server.backends.builtin import mel
from training import phones
from training.face.coarticulation import CURVES
from training.face.rig import Float32Matrix, Rig
from training.network.network import FEATURES, LipSyncNetwork, ResidualBlock

OPSET = 17
DILATIONS, PHONES = "dilations", "phones"
"""Names of the metadata: the dilations of the layers, and the phones (IPA) that the scores are of."""
END = np.iinfo(np.int64).max
"""End of a slice that is open-ended."""


class OnnxGraph:
    """Collects nodes and constants under generated names."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._kept: dict[tuple[bytes, tuple[int, ...]], str] = {}

    def __call__(self, op: str, *inputs: str, to: str = "", **attributes: int) -> str:
        """Adds a node and returns the name of its output."""
        out = to or f"{op.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [out], **attributes))
        return out

    def ints(self, *values: int) -> str:
        """Adds a constant row of integers."""
        return self._constant(np.array(values, np.int64))

    def floats(self, values: Float32Matrix | float) -> str:
        """Adds a float32 constant."""
        return self._constant(np.asarray(values, np.float32))

    def weights(self, values: Float32Matrix) -> str:
        """Adds a constant stored as float16 and cast to float32: half the size, within 1/2048 of each weight."""
        name = self._constant(np.asarray(values, np.float16))
        out = f"{name}_f32"
        self.nodes.append(helper.make_node("Cast", [name], [out], to=TensorProto.FLOAT))
        return out

    def slice(self, x: str, start: int, stop: int, axis: int) -> str:
        """Adds x[start:stop] along an axis."""
        return self("Slice", x, self.ints(start), self.ints(stop), self.ints(axis))

    def _constant(self, values: NDArray[np.generic]) -> str:
        key = values.tobytes(), values.shape
        if key not in self._kept:
            self._kept[key] = f"c{len(self.constants)}"
            self.constants.append(numpy_helper.from_array(values, self._kept[key]))
        return self._kept[key]


class _StreamingState:
    """The streaming state: the last inputs of every layer, concatenated into one vector."""

    def __init__(self, graph: OnnxGraph) -> None:
        self.graph, self.size = graph, 0
        self._after: list[str] = []

    def with_past(self, x: str, steps: int, width: int) -> str:
        """Prepends the `steps` previous rows to `x` and keeps the last ones for the next call."""
        g, length = self.graph, steps * width
        flat = g.slice("state", self.size, self.size + length, 1)
        self.size += length
        whole = g("Concat", g("Reshape", flat, g.ints(-1, steps, width)), x, axis=1)
        self._after.append(g("Reshape", g.slice(whole, -steps, END, 1), g.ints(-1, length)))
        return whole

    def after(self) -> None:
        """Adds the output `state_after`."""
        self.graph("Concat", *self._after, to="state_after", axis=1)


def build(network: LipSyncNetwork, rig: Rig) -> onnx.ModelProto:
    """Builds the whole graph."""
    g = OnnxGraph()
    state = _StreamingState(g)
    h = _stem(g, state, network, _features(g))
    for layer in network.layers:
        h = _layer(g, state, layer, h)
    _head(g, network, rig, h)
    state.after()
    model = _model(g, state.size)
    ipa = [phones.IPA[name] for name in phones.NAMES]
    helper.set_model_props(model, {DILATIONS: json.dumps(network.size.dilations), PHONES: json.dumps(ipa)})
    return model


def _features(g: OnnxGraph) -> str:
    """Adds the log-mel features, two per step; zero is silence."""
    sines = g("MatMul", "sound", "basis")
    powers = g("MatMul", g("Mul", sines, sines), g.floats(mel.bands() / mel.QUIET))
    logs = g("Mul", g("Log", g("Add", powers, g.floats(1.0))), g.floats(mel.UNIT))
    return g("Reshape", logs, g.ints(0, 0, FEATURES))


def _stem(g: OnnxGraph, state: _StreamingState, network: LipSyncNetwork, x: str) -> str:
    """Adds the first layer, which takes some steps side by side."""
    past = network.size.stem - 1
    whole = state.with_past(x, past, FEATURES)
    steps = [g.slice(whole, k, k - past, 1) for k in range(past)]
    return g("Relu", _linear(g, g("Concat", *steps, x, axis=2), network.stem.weight, network.stem.bias))


def _layer(g: OnnxGraph, state: _StreamingState, layer: ResidualBlock, x: str) -> str:
    """Adds a residual block, with the batch norm folded into its taps."""
    scale, shift = _folded(layer.norm)
    whole = state.with_past(x, layer.dilation, layer.mix.in_features)
    taps = g("Concat", g.slice(whole, 0, -layer.dilation, 1), x, axis=2)
    h = g("Relu", _linear(g, taps, layer.taps.weight * scale[:, None], shift))
    return g("Add", x, _linear(g, h, layer.mix.weight, layer.mix.bias))


def _head(g: OnnxGraph, network: LipSyncNetwork, rig: Rig, x: str) -> None:
    """Adds the output layers and the rig (face/rig.py)."""
    scale, shift = _folded(network.norm)
    h = g("Relu", g("Add", g("Mul", x, g.floats(_array(scale))), g.floats(_array(shift))))
    weight = network.faces.weight * torch.from_numpy(rig.scale)[:, None]
    bias = network.faces.bias * torch.from_numpy(rig.scale) + torch.from_numpy(rig.offset)
    value = _clip(g, _linear(g, h, weight, bias))
    gates = g.slice(value, len(CURVES), END, 2)
    share = _clip(g, g("Add", g("MatMul", gates, g.floats(rig.yields)), g.floats(1.0)))
    weights = g("MatMul", g("Mul", value, share), g.floats(rig.shapes))
    g("Clip", weights, g.floats(0.0), g.floats(1.0), to="weights")
    _linear(g, h, network.phones.weight, network.phones.bias, to="phones")


def _clip(g: OnnxGraph, x: str) -> str:
    return g("Clip", x, g.floats(0.0), g.floats(1.0))


def _linear(g: OnnxGraph, x: str, weight: torch.Tensor, bias: torch.Tensor, to: str = "") -> str:
    return g("Add", g("MatMul", x, g.weights(_array(weight).T)), g.floats(_array(bias)), to=to)


def _folded(norm: torch.nn.BatchNorm1d) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns the scale and shift of a trained batch norm."""
    mean, variance = norm.running_mean, norm.running_var
    assert mean is not None
    assert variance is not None
    scale = norm.weight / torch.sqrt(variance + norm.eps)
    return scale, norm.bias - mean * scale


def _array(x: torch.Tensor) -> Float32Matrix:
    out: Float32Matrix = np.ascontiguousarray(x.detach().cpu().numpy(), dtype=np.float32)
    return out


def _model(g: OnnxGraph, state: int) -> onnx.ModelProto:
    value = helper.make_tensor_value_info
    inputs = [
        value("sound", TensorProto.FLOAT, ["B", "T", 2, "frame"]),
        value("state", TensorProto.FLOAT, ["B", state]),
    ]
    outputs = [
        value("weights", TensorProto.FLOAT, ["B", "T", 52]),
        value("state_after", TensorProto.FLOAT, ["B", state]),
        value("phones", TensorProto.FLOAT, ["B", "T", len(phones.NAMES)]),
    ]
    basis = numpy_helper.from_array(np.zeros((1, 2 * mel.BANDS * mel.PER_BAND), np.float32), "basis")
    graph = helper.make_graph(g.nodes, "builtin", inputs, outputs, [basis, *g.constants])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)


def save(network: LipSyncNetwork, rig: Rig, file: Path) -> None:
    """Checks the graph and writes it."""
    model = build(network, rig)
    onnx.checker.check_model(model)
    file.write_bytes(model.SerializeToString())
