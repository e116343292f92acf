"""The network: log-mel bands in, faces out, 50 times a second, never looking ahead but for what the layout holds back.

Every convolution has two taps, now and `dilation` steps ago, so that it is one matrix product of two frames side by
side: exact over any chunks and batches, and cheap in a crowd (docs/backends.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from training import faces, phones

FEATURES = 128
"""Two measurements of 64 bands a step."""


@dataclass(frozen=True)
class Size:
    """How large the network is."""

    width: int = 224
    stem: int = 3
    """Steps that the first layer sees side by side."""
    dilations: tuple[int, ...] = (1, 2, 4, 8, 1, 2, 4, 8, 16)


class Layer(nn.Module):
    """A residual block: two taps, normalised, rectified, mixed and added."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.dilation = dilation
        self.taps = nn.Linear(2 * width, width, bias=False)
        self.norm = nn.BatchNorm1d(width)
        self.mix = nn.Linear(width, width)
        nn.init.zeros_(self.mix.bias)
        nn.init.normal_(self.mix.weight, std=0.3 / width**0.5)

    def forward(self, x: Tensor) -> Tensor:
        """`[N, T, width]` → the same."""
        h = self.taps(torch.cat([delayed(x, self.dilation), x], -1))
        return x + self.mix(torch.relu(normed(h, self.norm)))


class Network(nn.Module):
    """`[N, T, 128]` features → faces `[N, T, 11]` before the rig, and phone scores, a helper in training alone."""

    def __init__(self, size: Size | None = None) -> None:
        super().__init__()
        self.size = size or Size()
        width = self.size.width
        self.stem = nn.Linear(self.size.stem * FEATURES, width)
        self.layers = nn.ModuleList(Layer(width, d) for d in self.size.dilations)
        self.norm = nn.BatchNorm1d(width)
        self.drop = nn.Dropout(0.1)
        self.faces = nn.Linear(width, len(faces.CHANNELS))
        self.phones = nn.Linear(width, len(phones.NAMES))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """See the class. Frame t of the result has heard step t and all before it."""
        steps = [delayed(x, k) for k in reversed(range(self.size.stem))]
        h = torch.relu(self.stem(torch.cat(steps, -1)))
        for layer in self.layers:
            h = layer(h)
        h = self.drop(torch.relu(normed(h, self.norm)))
        return self.faces(h), self.phones(h)


def normed(x: Tensor, norm: nn.BatchNorm1d) -> Tensor:
    """A batch norm over the last axis of `[N, T, C]`."""
    out: Tensor = norm(x.reshape(-1, x.shape[-1])).view(x.shape)
    return out


def delayed(x: Tensor, steps: int) -> Tensor:
    """`x` `[N, T, C]`, `steps` later; zeros, which are silence, before."""
    return x if not steps else torch.nn.functional.pad(x, (0, 0, steps, 0))[:, : x.shape[1]]
