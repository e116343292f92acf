"""Reads an exported model back into a network that computes the same, so that its training can go on.

The network may be wider than the file's and have more layers: what is added changes nothing until it is trained.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from training.errors import TrainingError
from training.face.rig import Rig
from training.network.export import DILATIONS
from training.network.network import LipSyncNetwork, ResidualBlock, delayed, normed


@dataclass(frozen=True)
class Linear:
    """A matrix `[out, in]` and its bias `[out]`."""

    weight: Tensor
    bias: Tensor


class ModelFile:
    """The layers of an exported model. Raises TrainingError if the file is none, or does not tell its dilations."""

    def __init__(self, file: Path) -> None:
        model = onnx.load(file)
        told = {one.key: one.value for one in model.metadata_props}
        if DILATIONS not in told:
            raise TrainingError(f"{file} does not tell the dilations of its layers: it cannot be trained further")
        self.dilations: list[int] = json.loads(told[DILATIONS])
        self._constants = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
        self._users: dict[str, onnx.NodeProto] = {}
        for node in model.graph.node:
            self._users.update(dict.fromkeys(node.input, node))
            if node.op_type == "Cast":
                self._constants[node.output[0]] = self._constants[node.input[0]].astype(np.float32)
        self.stem, *layers, self.faces, self.phones = self._linears(model.graph)
        self.layers = list(zip(layers[::2], layers[1::2], strict=True))
        self.scale, self.shift = self._last_norm(model.graph)

    def _linears(self, graph: onnx.GraphProto) -> Iterator[Linear]:
        for node in graph.node:
            if node.op_type == "MatMul" and node.input[1].endswith("_f32"):
                yield Linear(self._tensor(node.input[1]).T, self._operand(self._users[node.output[0]]))

    def _last_norm(self, graph: onnx.GraphProto) -> tuple[Tensor, Tensor]:
        width = len(self.stem.bias)
        for node in graph.node:
            if node.op_type == "Mul" and self._constants.get(node.input[1], np.zeros(0)).shape == (width,):
                return self._operand(node), self._operand(self._users[node.output[0]])
        raise AssertionError("the graph has no norm before its last layer")

    def _operand(self, node: onnx.NodeProto) -> Tensor:
        """Returns the constant that a node adds or multiplies by."""
        return self._tensor(next(name for name in node.input if name in self._constants))

    def _tensor(self, name: str) -> Tensor:
        return torch.from_numpy(self._constants[name].copy())


@torch.no_grad()
def load(file: Path, network: LipSyncNetwork, rig: Rig, features: Tensor) -> None:
    """Makes the network compute what the file does. `features` `[N, T, 128]` are typical ones, for the batch norms.

    Raises TrainingError if the network is narrower, or lacks a layer of the file.
    """
    model = ModelFile(file)
    if len(model.stem.bias) > network.size.width or len(model.faces.bias) > network.faces.out_features:
        raise TrainingError(f"{file} holds a network that is wider than {network.size.width}")
    layers = _matched(model, network, file)
    _set(network.stem.weight, network.stem.bias, model.stem)
    h = _stem(network, features)
    for block, (taps, mix) in zip(network.layers, layers, strict=True):
        assert isinstance(block, ResidualBlock)
        h = _set_block(block, taps, mix, h)
    width, outputs = len(model.scale), len(model.faces.bias)
    _calibrate(network.norm, h, width, model.scale, model.shift)
    network.faces.weight.zero_()
    scale, offset = torch.from_numpy(rig.scale)[:outputs], torch.from_numpy(rig.offset)[:outputs]
    plain = Linear(model.faces.weight / scale[:, None], (model.faces.bias - offset) / scale)
    _set(network.faces.weight, network.faces.bias, plain)
    _set(network.phones.weight, network.phones.bias, model.phones)


def _matched(model: ModelFile, network: LipSyncNetwork, file: Path) -> list[tuple[Linear | None, Linear | None]]:
    """Returns the file's layers in the order of the network's, with (None, None) for those that it adds."""
    left = list(zip(model.dilations, model.layers, strict=True))
    out: list[tuple[Linear | None, Linear | None]] = []
    for at, dilation in enumerate(network.size.dilations):
        remaining = list(network.size.dilations[at + 1 :])
        mine = bool(left) and left[0][0] == dilation and not _fits([d for d, _ in left], remaining)
        out.append(left.pop(0)[1] if mine else (None, None))
    if left:
        raise TrainingError(f"{file} has layers of the dilations {model.dilations}, of which the network lacks some")
    return out


def _fits(wanted: list[int], among: list[int]) -> bool:
    """Returns whether `wanted` is a subsequence of `among`."""
    rest = iter(among)
    return all(one in rest for one in wanted)


def _set(weight: Tensor, bias: Tensor | None, source: Linear) -> None:
    """Writes a smaller matrix into a larger one; its outputs read nothing else."""
    rows, columns = source.weight.shape
    weight[:rows].zero_()
    weight[:rows, :columns] = source.weight
    if bias is not None:
        bias[:rows] = source.bias


def _stem(network: LipSyncNetwork, features: Tensor) -> Tensor:
    steps = [delayed(features, k) for k in reversed(range(network.size.stem))]
    return torch.relu(network.stem(torch.cat(steps, -1)))


def _set_block(block: ResidualBlock, taps: Linear | None, mix: Linear | None, x: Tensor) -> Tensor:
    """Sets a block and returns its output; a block without source passes its input on."""
    if taps is None or mix is None:
        block.mix.weight.zero_()
        width = 0
    else:
        width, half = len(taps.bias), block.taps.in_features // 2
        block.taps.weight[:width].zero_()
        block.taps.weight[:width, :width] = taps.weight[:, :width]
        block.taps.weight[:width, half : half + width] = taps.weight[:, width:]
        _set(block.mix.weight, block.mix.bias, mix)
    h = block.taps(torch.cat([delayed(x, block.dilation), x], -1))
    _calibrate(block.norm, h, width, torch.ones(width), torch.zeros(0) if taps is None else taps.bias)
    return x + block.mix(torch.relu(normed(h, block.norm.eval())))


def _calibrate(norm: torch.nn.BatchNorm1d, x: Tensor, width: int, scale: Tensor, shift: Tensor) -> None:
    """Makes the first `width` channels of a batch norm compute x · scale + shift; `x` gives its mean and variance."""
    rows = x.reshape(-1, x.shape[-1])
    mean, variance = rows.mean(0), rows.var(0, unbiased=False)
    assert norm.running_mean is not None
    assert norm.running_var is not None
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(variance)
    norm.weight[:width] = scale * torch.sqrt(variance[:width] + norm.eps)
    norm.bias[:width] = shift + mean[:width] * scale
