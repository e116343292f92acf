"""Exports the trained network as one ONNX graph, from samples to 52 weights. Earlier steps are inputs.

    sound [B, T, 2, frame], features [B, 2, 128], past1 [B, min(T, 1), n·width], past2 [B, min(T, 2), n·width] …
    → weights [B, T, 52], inputs [B, T, 128 + layers·width], phones [B, T, P]

`features` are the stem's inputs at the last two steps. `past4`, for example, are the inputs of the n layers with a
delay of 4, side by side, from four steps before the first step on. `inputs` are those of this call, to be kept: the
stem's, then those of the layers, by delay.

`basis` is an initializer that the server replaces for each sample rate (a2f_server/backends/builtin/mel.py). All
products are MatMul and nothing is reduced over time, so results do not depend on the batch or the steps per call.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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
from training.network.quantisation import INPUT_STEPS, INPUT_ZERO, LayerRange, quantised

OPSET = 17
EXTENDED = "com.microsoft"
"""Domain of onnxruntime's own operators."""
DILATIONS, PHONES = "dilations", "phones"
"""Names of the metadata: the dilations of the layers, and the phones (IPA) that the scores are of."""
PAST = "past"
"""Beginning of the names of the inputs with earlier steps."""
END = np.iinfo(np.int64).max
"""End of a slice that is open-ended."""


class OnnxGraph:
    """Collects nodes and constants under generated names."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._kept: dict[tuple[bytes, tuple[int, ...], str], str] = {}

    def __call__(self, op: str, *inputs: str, to: str = "", domain: str = "", **attributes: int) -> str:
        """Adds a node and returns the name of its output."""
        out = to or f"{op.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [out], domain=domain or None, **attributes))
        return out

    def ints(self, *values: int) -> str:
        """Adds a constant row of integers."""
        return self.constant(np.array(values, np.int64))

    def floats(self, values: Float32Matrix | float) -> str:
        """Adds a float32 constant."""
        return self.constant(np.asarray(values, np.float32))

    def weights(self, values: Float32Matrix) -> str:
        """Adds a constant stored as float16 and cast to float32: half the size, within 1/2048 of each weight."""
        return self.as_float(self.constant(np.asarray(values, np.float16)))

    def as_float(self, x: str) -> str:
        """Casts to float32."""
        out = f"{x}_f32"
        self.nodes.append(helper.make_node("Cast", [x], [out], to=TensorProto.FLOAT))
        return out

    def slice(self, x: str, start: int, stop: int, axis: int) -> str:
        """Adds x[start:stop] along an axis."""
        return self("Slice", x, self.ints(start), self.ints(stop), self.ints(axis))

    def constant(self, values: NDArray[np.generic]) -> str:
        """Adds a constant; equal ones share a name."""
        key = values.tobytes(), values.shape, values.dtype.char
        if key not in self._kept:
            self._kept[key] = f"c{len(self.constants)}"
            self.constants.append(numpy_helper.from_array(values, self._kept[key]))
        return self._kept[key]


class _Past:
    """The inputs of layers at earlier steps, which the caller keeps: the stem's, and for each delay those of the layers
    with this delay, side by side."""

    def __init__(self, graph: OnnxGraph, width: int, delays: Sequence[int]) -> None:
        self.graph = graph
        self.widths = {delay: width * delays.count(delay) for delay in sorted(set(delays))}
        self._parts = {delay: iter(self._split(delay, width, delays.count(delay))) for delay in self.widths}
        self._inputs: dict[int, list[str]] = {delay: [] for delay in self.widths}

    def delayed(self, x: str, delay: int) -> str:
        """Returns the input `x` of a layer `[B, T, width]` as it was `delay` steps ago."""
        self._inputs[delay].append(x)
        return self.graph("Concat", next(self._parts[delay]), self.graph.slice(x, 0, -delay, 1), axis=1)

    def keep(self, features: str) -> None:
        """Adds the output `inputs`, whose rows the next calls need: the stem's, then the layers' by delay."""
        layers = [x for delay in self.widths for x in self._inputs[delay]]
        self.graph("Concat", features, *layers, to="inputs", axis=2)

    def _split(self, delay: int, width: int, count: int) -> list[str]:
        if count == 1:
            return [f"{PAST}{delay}"]
        parts = [f"{PAST}{delay}_{k}" for k in range(count)]
        sizes = self.graph.ints(*[width] * count)
        self.graph.nodes.append(helper.make_node("Split", [f"{PAST}{delay}", sizes], parts, axis=2))
        return parts


def build(network: LipSyncNetwork, rig: Rig, ranges: Sequence[LayerRange] | None = None) -> onnx.ModelProto:
    """Builds the whole graph; with `ranges` (quantisation.py), the residual blocks' products are of integers."""
    g = OnnxGraph()
    past = _Past(g, network.stem.out_features, network.size.dilations)
    features = _features(g)
    h = _stem(g, network, features)
    for number, layer in enumerate(network.layers):
        h = _layer(g, past, layer, h, ranges[number] if ranges else None)
    _head(g, network, rig, h)
    past.keep(features)
    model = _model(g, network.size.stem - 1, past.widths)
    ipa = [phones.IPA[name] for name in phones.NAMES]
    told = {DILATIONS: network.size.dilations, PHONES: ipa}
    helper.set_model_props(model, {name: json.dumps(value) for name, value in told.items()})
    return model


def _features(g: OnnxGraph) -> str:
    """Adds the log-mel features, two per step; zero is silence."""
    sines = g("MatMul", "sound", "basis")
    powers = g("MatMul", g("Mul", sines, sines), g.floats(mel.bands() / mel.QUIET))
    logs = g("Mul", g("Log", g("Add", powers, g.floats(1.0))), g.floats(mel.UNIT))
    return g("Reshape", logs, g.ints(0, 0, FEATURES))


def _stem(g: OnnxGraph, network: LipSyncNetwork, x: str) -> str:
    """Adds the first layer, which takes some steps side by side."""
    past = network.size.stem - 1
    whole = g("Concat", "features", x, axis=1)
    steps = [g.slice(whole, k, k - past, 1) for k in range(past)]
    return g("Relu", _linear(g, g("Concat", *steps, x, axis=2), network.stem.weight, network.stem.bias))


def _layer(g: OnnxGraph, past: _Past, layer: ResidualBlock, x: str, ranges: LayerRange | None) -> str:
    """Adds a residual block, with the batch norm folded into its taps."""
    scale, shift = _folded(layer.norm)
    taps = g("Concat", past.delayed(x, layer.dilation), x, axis=2)
    h = g("Relu", _product(g, taps, layer.taps.weight * scale[:, None], shift, ranges.taps if ranges else None))
    return g("Add", x, _product(g, h, layer.mix.weight, layer.mix.bias, ranges.mix if ranges else None))


def _product(g: OnnxGraph, x: str, weight: torch.Tensor, bias: torch.Tensor, largest: float | None) -> str:
    return _linear(g, x, weight, bias) if largest is None else _integer_linear(g, x, weight, bias, largest)


def _integer_linear(g: OnnxGraph, x: str, weight: torch.Tensor, bias: torch.Tensor, largest: float) -> str:
    """Adds a linear layer of integers (quantisation.py), for inputs between −largest and largest."""
    whole, scale = quantised(_array(weight).T)
    step, zero = g.floats(largest / INPUT_STEPS), g.constant(np.array(INPUT_ZERO, np.uint8))
    rounded = g("QuantizeLinear", x, step, zero)
    factors = g.constant(whole), step, g.floats(scale), zero, g.constant(np.zeros(len(scale), np.int8))
    return g("MatMulIntegerToFloat", rounded, *factors, g.floats(_array(bias)), domain=EXTENDED)


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


def _model(g: OnnxGraph, steps: int, widths: Mapping[int, int]) -> onnx.ModelProto:
    value = helper.make_tensor_value_info
    inputs = [
        value("sound", TensorProto.FLOAT, ["B", "T", 2, "frame"]),
        value("features", TensorProto.FLOAT, ["B", steps, FEATURES]),
        *(value(f"{PAST}{delay}", TensorProto.FLOAT, ["B", f"P{delay}", width]) for delay, width in widths.items()),
    ]
    outputs = [
        value("weights", TensorProto.FLOAT, ["B", "T", 52]),
        value("inputs", TensorProto.FLOAT, ["B", "T", FEATURES + sum(widths.values())]),
        value("phones", TensorProto.FLOAT, ["B", "T", len(phones.NAMES)]),
    ]
    basis = numpy_helper.from_array(np.zeros((1, 2 * mel.BANDS * mel.PER_BAND), np.float32), "basis")
    graph = helper.make_graph(g.nodes, "builtin", inputs, outputs, [basis, *g.constants])
    opsets = [helper.make_opsetid("", OPSET)]
    if any(node.domain == EXTENDED for node in g.nodes):
        opsets.append(helper.make_opsetid(EXTENDED, 1))
    return helper.make_model(graph, opset_imports=opsets, ir_version=9)


def save(network: LipSyncNetwork, rig: Rig, file: Path, ranges: Sequence[LayerRange] | None = None) -> None:
    """Checks the graph and writes it."""
    model = build(network, rig, ranges)
    onnx.checker.check_model(model)
    file.write_bytes(model.SerializeToString())
