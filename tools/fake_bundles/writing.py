"""Writes a bundle."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tools.fake_bundles import configs, heads, large, small
from tools.fake_bundles.sizes import Kind, Sizes
from tools.fake_bundles.sizes import real as real_sizes
from tools.fake_bundles.sizes import small as small_sizes

Say = Callable[[str], None]


def write(folder: Path, kind: Kind, *, full: bool = False, seed: int = 0, say: Say = lambda _: None) -> Path:
    """Writes a bundle into a folder and returns the folder. The same seed gives the same numbers.

    `full` writes one of NVIDIA's size with random weights: for measuring time and memory, not for looking at.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sizes = real_sizes(kind) if full else small_sizes(kind)
    writer = _Writer(folder, sizes, say)
    writer.json("model.json", configs.model(kind))
    writer.json("network_info.json", configs.network_info(sizes))
    writer.json("trt_info.json", configs.tensorrt())
    (_regression if kind == "regression" else _diffusion)(writer, seed)
    return folder


class _Writer:
    """Writes the files of a folder, and reports each."""

    def __init__(self, folder: Path, sizes: Sizes, say: Say) -> None:
        self.folder, self.sizes, self.say = folder, sizes, say

    def json(self, name: str, content: Any) -> None:
        self.say(name)
        (self.folder / name).write_text(json.dumps(content, indent=2), "utf-8")

    def npz(self, name: str, arrays: heads.Arrays) -> heads.Arrays:
        self.say(name)
        np.savez(self.folder / name, allow_pickle=False, **arrays)
        return arrays

    def actor(self, head: heads.Head, name: str, suffix: str, seed: int) -> heads.Arrays:
        """Writes the files of one actor; returns the arrays of `model_data*.npz`."""
        kind = self.sizes.kind
        self.json(f"model_config{suffix}.json", configs.face(kind, name))
        skin = self.npz(f"bs_skin{suffix}.npz", heads.shapes(self.sizes, head, name))
        tongue = self.npz(f"bs_tongue{suffix}.npz", heads.tongue_shapes(self.sizes, head))
        size = heads.TEMPLATE * heads.diagonal(skin["neutral"])
        self.json(f"bs_skin_config{suffix}.json", configs.skin_solving(kind, size))
        size = heads.TEMPLATE * heads.diagonal(tongue["neutral"])
        self.json(f"bs_tongue_config{suffix}.json", configs.tongue_solving(size))
        return self.npz(f"model_data{suffix}.npz", heads.data(self.sizes, head, np.random.default_rng(seed)))


def _regression(writer: _Writer, seed: int) -> None:
    sizes, rng = writer.sizes, np.random.default_rng(seed)
    writer.json("a2f_ms_config.json", {"prediction_delay": 0.25})
    (writer.folder / "config.json").write_text("")
    writer.npz("implicit_emo_db.npz", heads.database(sizes, rng))
    head = heads.build(sizes)
    data = writer.actor(head, "mark", "", seed)
    writer.say("network.onnx")
    file = writer.folder / "network.onnx"
    if sizes.full:
        large.regression(file, sizes, rng)
    else:
        small.regression(file, sizes, head.moves, (data["shapes_matrix_skin"], data["shapes_matrix_tongue"]), rng)


def _diffusion(writer: _Writer, seed: int) -> None:
    sizes, rng = writer.sizes, np.random.default_rng(seed)
    for name in configs.IDENTITIES:
        writer.actor(heads.build(sizes, heads.GAINS[name]), name, f"_{name}", seed)
    writer.say("network.onnx")
    file = writer.folder / "network.onnx"
    if sizes.full:
        large.diffusion(file, sizes, rng)
    else:
        gains = [heads.GAINS[name] for name in configs.IDENTITIES]
        small.diffusion(file, sizes, heads.build(sizes).moves, gains, rng)
