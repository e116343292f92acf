"""Measures how much half precision changes the weights of the built-in model, and of a bundle if there is one.

The bundle is set by A2F_MODEL_DIR or --bundle. On a GPU both precisions run as in the server. onnxruntime's CPU
provider has no float16 kernels and computes most of a graph in float32; there the built-in model runs on onnx's
reference implementation, which rounds the result of each operator.
"""

from __future__ import annotations

import argparse
import json
import os
import time
import warnings
from pathlib import Path

import numpy as np
import onnx
import soxr
from numpy.typing import NDArray
from onnx.reference import ReferenceEvaluator

from a2f_server.audio.files import decode_file
from a2f_server.backends.audio2face3d.backend import Audio2Face3DBackend
from a2f_server.backends.audio2face3d.loading.index import load_bundle
from a2f_server.backends.builtin import backend as builtin
from a2f_server.backends.builtin import mel
from a2f_server.backends.builtin.past import Past
from a2f_server.backends.contract import Backend, Batch, Layout
from a2f_server.onnx_runtime import initializers
from machine import describe

VOICE = Path(__file__).parents[1] / "tests/data/voice.wav"
RATE = builtin.NOMINAL_RATE
Float32Array = NDArray[np.float32]


def windows(layout: Layout, sound: Float32Array) -> Float32Array:
    """Returns all windows of the audio, padded with silence, `[1, T, window]`."""
    count = layout.window_of(len(sound) * layout.frame_rate // layout.sample_rate) + 1
    whole = np.concatenate(
        [np.zeros(layout.before, np.float32), sound, np.zeros(layout.window + layout.sample_rate, np.float32)]
    )
    begins = [layout.start(j) + layout.before for j in range(count)]
    return np.stack([whole[b : b + layout.window] for b in begins])[None]


def weights(backend: Backend, sound: Float32Array) -> Float32Array:
    """Runs the backend window by window; returns weights `[T · hop, 52]`."""
    layout, state, parts = backend.layout(RATE), backend.initial_state(0), []
    all_windows = windows(layout, sound)
    for j in range(all_windows.shape[1]):
        emotions = np.zeros((1, layout.hop, 10), np.float32)
        one, (state,) = backend.infer(Batch(all_windows[:, j : j + 1], emotions, layout.sample_rate), [state])
        parts.append(one[0])
    return np.concatenate(parts)


def rounded(graph: bytes, sound: Float32Array) -> Float32Array:
    """Returns the built-in model's weights with the result of each operator rounded to its type."""
    model = onnx.load_from_string(initializers.replace(graph, {"basis": mel.basis(RATE)}))
    backend = builtin.BuiltinBackend("cpu")
    halves = builtin.to_frames(windows(backend.layout(RATE), sound), RATE)
    past = Past(backend._session(RATE)).gather([backend.initial_state(0)], halves.shape[1])
    found: Float32Array = ReferenceEvaluator(model).run(None, {"sound": halves, **past})[0][0]
    return found


def compared(name: str, computed: str, whole: Float32Array, half: Float32Array, seconds: float) -> dict[str, object]:
    """Returns the figures for one model."""
    apart = np.abs(half - whole)
    return {
        "model": name,
        "computed": computed,
        "frames": len(whole),
        "max": round(float(apart.max()), 5),
        "mean": round(float(apart.mean()), 7),
        "p99.9": round(float(np.percentile(apart, 99.9)), 5),
        "largest_weight": round(float(whole.max()), 3),
        "opened_half_s": round(seconds, 2),
    }


def built_in(device: str, sound: Float32Array) -> dict[str, object]:
    """Compares the precisions of the built-in model."""
    graph, begun = builtin.GRAPH.read_bytes(), time.perf_counter()
    half = builtin.to_half_precision(graph)
    took = time.perf_counter() - begun
    if device == "cpu":
        return compared("builtin", "reference", rounded(graph, sound), rounded(half, sound), took)
    pair = [weights(builtin.BuiltinBackend(device, precision=p), sound) for p in ("fp32", "fp16")]
    return compared("builtin", device, pair[0], pair[1], took)


def bundled(folder: Path, device: str, sound: Float32Array) -> dict[str, object]:
    """Compares the precisions of a bundle, with its solver."""
    bundle = load_bundle(folder)
    whole = weights(Audio2Face3DBackend(bundle, device), sound)
    begun = time.perf_counter()
    half = Audio2Face3DBackend(bundle, device, precision="fp16")
    took = time.perf_counter() - begun
    computed = "onnxruntime on a CPU, mostly in float32" if half.device == "cpu" else device
    return compared(bundle.name, computed, whole, weights(half, sound), took)


def main() -> None:
    """Prints the machine and a line for each model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sound", type=Path, default=VOICE, help="audio file to compare on")
    parser.add_argument("--seconds", type=float, default=10.0, help="maximum length of the audio that is used")
    parser.add_argument("--bundle", type=Path, default=os.environ.get("A2F_MODEL_DIR"))
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    options = parser.parse_args()
    decoded = decode_file(options.sound.read_bytes(), 600)
    sound = soxr.resample(decoded.samples, decoded.sample_rate, RATE)[: int(options.seconds * RATE)]
    print(json.dumps({"machine": describe(), "device": options.device, "sound": options.sound.name}))
    warnings.simplefilter("ignore", RuntimeWarning)  # overflows of float16 are part of the measurement
    print(json.dumps(built_in(options.device, sound)), flush=True)
    if options.bundle:
        print(json.dumps(bundled(Path(options.bundle), options.device, sound)), flush=True)


if __name__ == "__main__":
    main()
