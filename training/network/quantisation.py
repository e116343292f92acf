"""The integers of the fast graph for CPUs: inputs of 8 bits, weights of 7, sums of 32.

Weights have 7 bits because older processors add two products in 16 bits: with 8 they would overflow. So every processor
computes the same integers. Scales are fixed, so that a stream does not depend on the others of its batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from training.network.network import LipSyncNetwork, ResidualBlock

INPUT_STEPS, INPUT_ZERO = 127, 128
"""Steps from zero to the largest input, and the integer that stands for zero."""
WEIGHT_STEPS = 63
MOST_CLIPPED = 5e-4
"""Share of a channel's values that may be beyond the largest input."""


@dataclass(frozen=True)
class LayerRange:
    """The largest input of a residual block's products, as absolute values."""

    taps: float
    mix: float


def quantised(weights: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Returns integers and a scale for each column of weights `[inputs, outputs]`."""
    scale = np.maximum(np.abs(weights).max(axis=0) / WEIGHT_STEPS, 1e-12).astype(np.float32)
    return np.rint(weights / scale).astype(np.int8), scale


@torch.no_grad()
def ranges(network: LipSyncNetwork, features: Tensor) -> list[LayerRange]:
    """Measures the largest inputs of each block over typical features `[N, T, 128]`."""
    found: dict[nn.Module, float] = {}
    blocks = [layer for layer in network.layers if isinstance(layer, ResidualBlock)]
    layers = [layer for block in blocks for layer in (block.taps, block.mix)]
    hooks = [layer.register_forward_pre_hook(lambda own, x: found.update({own: _largest(x[0])})) for layer in layers]
    network(features)
    for hook in hooks:
        hook.remove()
    return [LayerRange(found[block.taps], found[block.mix]) for block in blocks]


def _largest(x: Tensor) -> float:
    rows = np.abs(x.numpy().reshape(-1, x.shape[-1]))
    return float(np.quantile(rows, 1 - MOST_CLIPPED, axis=0).max())
