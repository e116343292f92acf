"""Converts the network's outputs to ARKit's 52 shapes; closed lips suppress the shapes that open them.

It consists of products, sums and clips only, and is part of the exported graph (network/export.py).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from a2f_server import arkit
from training.face.coarticulation import CHANNELS, CURVES, GATES

Float32Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Rig:
    """`raw[…, 12]` from the network → `weights[…, 52]`:

    v = clip(raw · scale + offset, 0, 1), where the last three are the gates;
    w = clip((v · clip(1 + gates @ yields, 0, 1)) @ shapes, 0, 1).
    """

    scale: Float32Matrix
    offset: Float32Matrix
    yields: Float32Matrix
    """`[3, 12]`: how far each gate reduces each value; −1 is entirely."""
    shapes: Float32Matrix
    """`[12, 52]`."""

    def __call__(self, raw: Float32Matrix) -> Float32Matrix:
        """Computes the weights as the exported graph does."""
        value = np.clip(raw * self.scale + self.offset, 0, 1)
        share = np.clip(1 + value[..., len(CURVES) :] @ self.yields, 0, 1)
        out: Float32Matrix = np.clip((value * share) @ self.shapes, 0, 1)
        return out


def load() -> Rig:
    """Reads rig.toml."""
    data = tomllib.loads((Path(__file__).parent / "rig.toml").read_text("utf-8"))
    sharpen = [data["sharpen"][name] for name in CHANNELS]
    return Rig(
        scale=np.array([1 / (full - rest) for rest, full in sharpen], np.float32),
        offset=np.array([-rest / (full - rest) for rest, full in sharpen], np.float32),
        yields=np.array([[-data["yields"][g].get(c, 0.0) for c in CHANNELS] for g in GATES], np.float32),
        shapes=np.stack([_shape(data["shapes"][name]) for name in CHANNELS]),
    )


def _shape(values: dict[str, float]) -> Float32Matrix:
    out = np.zeros(arkit.COUNT, np.float32)
    for shape, value in values.items():
        for name in (shape, f"{shape}Left", f"{shape}Right"):
            if name in arkit.INDEX:
                out[arkit.INDEX[name]] = value
    return out
