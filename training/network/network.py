"""The network: log-mel bands to faces, 50 times a second, causal except for the look-ahead of the layout.

Every convolution has two taps, now and `dilation` steps ago, so it is one matrix product of two frames side by side:
independent of how the audio is divided into chunks and batches, and cheap for many streams (docs/backends.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from training import phones
from training.face import coarticulation

FEATURES = 128
"""Features per step: 64 bands, computed twice."""


@dataclass(frozen=True)
class NetworkSize:
    """Dimensions of the network."""

    width: int = 256
    stem: int = 3
    """Steps that the first layer takes side by side."""
    dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 1, 2, 4, 8, 16)


class ResidualBlock(nn.Module):
    """A residual block: a convolution with two taps, batch norm, ReLU, a linear layer."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.dilation = dilation
        self.taps = nn.Linear(2 * width, width, bias=False)
        self.norm = nn.BatchNorm1d(width)
        self.mix = nn.Linear(width, width)
        nn.init.zeros_(self.mix.bias)
        nn.init.normal_(self.mix.weight, std=0.3 / width**0.5)

    def forward(self, x: Tensor) -> Tensor:
        """Maps `[N, T, width]` to the same shape."""
        h = self.taps(torch.cat([delayed(x, self.dilation), x], -1))
        return x + self.mix(torch.relu(normed(h, self.norm)))


class LipSyncNetwork(nn.Module):
    """Maps features `[N, T, 128]` to faces `[N, T, 12]` before the rig, and to phone scores for an auxiliary loss."""

    def __init__(self, size: NetworkSize | None = None) -> None:
        super().__init__()
        self.size = size or NetworkSize()
        width = self.size.width
        self.stem = nn.Linear(self.size.stem * FEATURES, width)
        self.layers = nn.ModuleList(ResidualBlock(width, d) for d in self.size.dilations)
        self.norm = nn.BatchNorm1d(width)
        self.drop = nn.Dropout(0.25)
        self.faces = nn.Linear(width, len(coarticulation.CHANNELS))
        self.phones = nn.Linear(width, len(phones.NAMES))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Returns faces and phone scores. Frame t depends on steps up to t only."""
        steps = [delayed(x, k) for k in reversed(range(self.size.stem))]
        h = torch.relu(self.stem(torch.cat(steps, -1)))
        for layer in self.layers:
            h = layer(h)
        h = self.drop(torch.relu(normed(h, self.norm)))
        return self.faces(h), self.phones(h)


def normed(x: Tensor, norm: nn.BatchNorm1d) -> Tensor:
    """Applies a batch norm over the last axis of `[N, T, C]`."""
    out: Tensor = norm(x.reshape(-1, x.shape[-1])).view(x.shape)
    return out


def delayed(x: Tensor, steps: int) -> Tensor:
    """Delays `x` `[N, T, C]` by some steps and pads with zeros, which are silence."""
    return x if not steps else torch.nn.functional.pad(x, (0, 0, steps, 0))[:, : x.shape[1]]
