"""Writes a small EmoTalk checkpoint: random but for its last layer, which opens the jaw in speech, not in silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from a2f_server import arkit
from a2f_server.backends.emotalk.network import EmoTalk
from a2f_server.backends.sequence.normalisation import normalise
from tools.sequence_networks.emotalk_names import SMALL, Sizes, shapes

JAW = sorted(arkit.NAMES).index("jawOpen")
OPEN, CLOSED = 0.6, -0.2
RIDGE = 1e-3
RATE, FPS = 16000, 30


def write_emotalk(file: Path, sizes: Sizes = SMALL, seed: int = 0) -> Path:
    """Writes the checkpoint."""
    rng = torch.Generator().manual_seed(seed)
    state = {name: _initial(name, shape, rng) for name, shape in shapes(sizes).items()}
    network = EmoTalk(shapes(sizes))
    network.load_state_dict(state)
    state["bs_map_r.weight"][JAW], state["bs_map_r.bias"][JAW] = _jaw(network.eval())
    torch.save(state, file)
    return file


def _initial(name: str, shape: tuple[int, ...], rng: torch.Generator) -> Tensor:
    """Returns ones for scales, zeros for biases, and else random numbers that keep the size of what they multiply."""
    if name.endswith("bias"):
        return torch.zeros(shape)
    if "norm" in name or name.endswith("weight_g"):
        return torch.ones(shape)
    inputs = int(np.prod(shape[1:])) or 1
    return torch.randn(shape, generator=rng) * inputs**-0.5


def _jaw(network: EmoTalk) -> tuple[Tensor, Tensor]:
    """Returns weight and bias of the jaw: a regression on what the decoder yields for sound and for silence."""
    rng = np.random.default_rng(0)
    hidden: list[Tensor] = []
    network.bs_map_r.register_forward_hook(lambda _, inputs, __: hidden.append(inputs[0][0]))
    targets: list[float] = []
    with torch.inference_mode():
        for frames in (48, 80, 108):
            for loud in (0.0, 1.0):
                network(_sound(frames, loud, rng), frames, 1, 0)
                targets += [OPEN if loud else CLOSED] * frames
    x = torch.cat(hidden).double()
    x = torch.cat([x, torch.ones(len(x), 1)], dim=1)
    y = torch.tensor(targets).double()
    solved = torch.linalg.solve(x.T @ x + RIDGE * torch.eye(x.shape[1]), x.T @ y).float()
    return solved[:-1], solved[-1]


def _sound(frames: int, loud: float, rng: np.random.Generator) -> Tensor:
    """Returns normalised noise in syllables."""
    length = frames * RATE // FPS
    swell = 1 + np.sin(2 * np.pi * 4 * np.arange(length) / RATE)
    return torch.from_numpy(normalise((loud * swell * rng.normal(0, 0.1, length)).astype(np.float32)))
