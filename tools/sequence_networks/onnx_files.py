"""Writes small networks in ONNX. They follow the loudness, and each frame depends on all audio, as in the real ones.

Without sound the mouth stays closed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Float32Array
from a2f_server.backends.onnx_file import description
from tools.fake_bundles.graph import Graph, Shape

CHANNELS = 4
LENGTH, STEP = 400, 160
"""Samples of a feature, and between two."""
GLOBAL = 0.02
"""Weight of the mean over the whole recording."""
RATE, FPS = 16000, 30
NEUTRAL = 10


def write_unitalker(file: Path) -> Path:
    """Writes audio f32 [1, n], emo_id i32 [1], time_steps i32 [1] → [1, time_steps, 51]."""
    graph, names = Graph(), description.shipped("unitalker").names
    frames = graph.to_int64("time_steps")
    weights = _weights(graph, "audio", frames, names, gain=0.6)
    emotion = graph("Gather", graph.floats(_emotions(names)), "emo_id", axis=0)
    graph("Add", weights, graph.reshape(emotion, 1, 1, -1), to="out")
    inputs: dict[str, Shape] = {"audio": [1, "n"], "emo_id": [1], "time_steps": [1]}
    graph.save(file, inputs, {"out": [1, "T", len(names)]}, integers={"emo_id", "time_steps"})
    return file


def write_wav2arkit(file: Path) -> Path:
    """Writes audio_waveform f32 [batch, n] → blendshapes [batch, ceil(30 n / 16000), 52]."""
    graph = Graph()
    length = graph.slice(graph("Shape", "audio_waveform"), 1, 2, 0)
    above = graph("Add", graph("Mul", length, graph.ints(FPS)), graph.ints(RATE - 1))
    frames = graph("Div", above, graph.ints(RATE))
    graph("Identity", _weights(graph, "audio_waveform", frames, sorted(arkit.NAMES), gain=4.0), to="blendshapes")
    graph.save(file, {"audio_waveform": ["batch", "n"]}, {"blendshapes": ["batch", "T", arkit.COUNT]})
    return file


def _weights(graph: Graph, audio: str, frames: str, names: list[str], gain: float) -> str:
    """Adds audio `[B, n]` → weights `[B, frames, names]`."""
    rng = np.random.default_rng(0)
    kernels = rng.normal(0, LENGTH**-0.5, (CHANNELS, 1, LENGTH))
    padding: dict[str, Any] = {"strides": [STEP], "pads": [LENGTH // 2, LENGTH // 2]}
    loud = graph("Abs", graph("Conv", graph("Unsqueeze", audio, graph.ints(1)), graph.floats(kernels), **padding))
    overall = graph("ReduceMean", loud, axes=[2], keepdims=1)
    mixed = graph("Unsqueeze", graph.sum(loud, graph.scaled(overall, GLOBAL)), graph.ints(1))
    outer = graph.slice(graph("Shape", mixed), 0, 3, 0)
    sizes = graph("Concat", outer, frames, axis=0)
    resized = graph("Resize", mixed, "", "", sizes, mode="linear", coordinate_transformation_mode="align_corners")
    rows = graph("Transpose", graph("Squeeze", resized, graph.ints(1)), perm=[0, 2, 1])
    return graph.matmul(rows, _matrix(names, rng, gain))


def _matrix(names: list[str], rng: np.random.Generator, gain: float) -> Float32Array:
    """Returns `[CHANNELS, names]`: the jaw opens with loudness, the rest moves a little."""
    matrix = 0.05 * rng.standard_normal((CHANNELS, len(names)), np.float32)
    matrix[:, names.index("jawOpen")] = gain / CHANNELS
    return matrix


def _emotions(names: list[str]) -> Float32Array:
    """Returns the smile that each emotion id adds, `[11, names]`; none for NEUTRAL."""
    table = np.zeros((NEUTRAL + 1, len(names)), np.float32)
    table[:NEUTRAL, names.index("mouthSmileLeft")] = np.linspace(0.1, 1, NEUTRAL)
    return table
