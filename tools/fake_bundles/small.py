"""Small networks with NVIDIA's tensors. Only matrix products and elementwise functions: the batch changes no bit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from a2f_server.arrays import Float32Array, Float64Array
from tools.fake_bundles import audio_bands
from tools.fake_bundles.configs import CENTRE, LAYERS, SIDE, STEPS
from tools.fake_bundles.curves import VOICE_CURVES, Moves
from tools.fake_bundles.graph import Graph, inputs
from tools.fake_bundles.heads import UNIT
from tools.fake_bundles.sizes import Sizes

FRAMES = CENTRE + 2 * SIDE
HUGE = 19.0
"""Size of the frames at either side of a diffusion window, which must not be used."""
NOISE = (0.004, 0.002, 0.002)
"""Displacement of a vertex by each step's noise, in cm."""


def regression(
    file: Path, sizes: Sizes, moves: Moves, bases: tuple[Float32Array, ...], rng: np.random.Generator
) -> None:
    """Writes a network: 8320 samples and 26 emotions → one frame, in principal components of skin and tongue."""
    g, hops = Graph(), 8320 // audio_bands.HOP
    features = g.reshape(audio_bands.bands(g, "input", hops), -1, 1, hops * len(audio_bands.PITCHES))
    near = audio_bands.around(np.array([4160.0]), hops)[0]
    implicit = g.slice("emotion", 0, sizes.implicit, 2)
    explicit = g.slice("emotion", sizes.implicit, sizes.implicit + 10, 2)
    emotion = g("Tanh", g.matmul(implicit, 0.1 * rng.standard_normal((sizes.implicit, len(VOICE_CURVES)))))
    voice = g(
        "Tanh", g.matmul(features, np.einsum("h,pc->hpc", near, audio_bands.curves()).reshape(-1, len(VOICE_CURVES)))
    )
    gain = g.sum(g.matmul(explicit, audio_bands.gains()), g.scaled(emotion, 0.1), g.floats(1.0))
    drive = g("Concat", g("Mul", voice, gain), explicit, axis=2)
    detail = g("Tanh", g.matmul(features, 0.02 * rng.standard_normal((hops * len(audio_bands.PITCHES), 16))))
    fine = g.matmul(detail, 0.01 * rng.standard_normal((16, sizes.outputs)))
    g("Add", g.matmul(drive, _rows(moves, bases)), fine, to="result")
    g.save(file, *inputs("regression", sizes.outputs, sizes.latent, sizes.implicit))


def diffusion(file: Path, sizes: Sizes, moves: Moves, gains: Sequence[float], rng: np.random.Generator) -> None:
    """Writes a network: 16000 samples, an emotion per frame and a state → 60 frames of vertices, and the new state."""
    g, hops = Graph(), 16000 // audio_bands.HOP
    features = audio_bands.bands(g, "window", hops)
    near = audio_bands.around(np.arange(FRAMES) * 16000 / FRAMES, hops)
    voice = g("Tanh", g.matmul(g("MatMul", g.floats(near), features), audio_bands.curves()))
    emotion = g("MatMul", g.floats(_spread()), "emotion")
    gain = g.sum(g.matmul(emotion, audio_bands.gains()), _state_effect(g, sizes, rng), g.floats(1.0))
    identity = g.reshape(g.matmul("identity", np.array(gains)[:, None]), -1, 1, 1)
    drive = g("Mul", g("Concat", g("Mul", voice, gain), emotion, axis=2), identity)
    frames = g.sum(g.matmul(drive, _rows(moves, ())), *(_noise(g, step, sizes) for step in range(STEPS + 1)))
    g("Add", frames, g.floats(_ends(sizes)), to="prediction")
    _write_state(g, features, hops, sizes, rng)
    g.save(file, *inputs("diffusion", sizes.outputs, sizes.latent))


def _rows(moves: Moves, bases: tuple[Float32Array, ...]) -> Float32Array:
    """Returns the network's output for each curve, `[curves, outputs]`."""
    parts = [moves.skin, moves.tongue]
    if bases:
        parts = [part @ base.reshape(len(base), -1).T / UNIT**2 for part, base in zip(parts, bases, strict=True)]
    return np.concatenate([*parts, moves.jaw, moves.eyes], axis=1, dtype=np.float32)


def _spread() -> Float64Array:
    """Returns `[60, 30]`, which extends the first and the last emotion to the frames before and after."""
    kept = np.clip(np.arange(FRAMES) - SIDE, 0, CENTRE - 1)
    out: Float64Array = np.eye(CENTRE)[kept]
    return out


def _state_effect(g: Graph, sizes: Sizes, rng: np.random.Generator) -> str:
    """Adds the effect of the state on the voice's curves, `[B, 1, curves]`."""
    state = g("Transpose", "input_latents", perm=[2, 0, 1, 3])
    flat = g.reshape(state, -1, 1, STEPS * LAYERS * sizes.latent)
    return g.scaled(g("Tanh", g.matmul(flat, 0.1 * rng.standard_normal((STEPS * LAYERS * sizes.latent, 4)))), 0.2)


def _write_state(g: Graph, features: str, hops: int, sizes: Sizes, rng: np.random.Generator) -> None:
    width = STEPS * LAYERS * sizes.latent
    flat = g.reshape(features, -1, hops * len(audio_bands.PITCHES))
    new = g.matmul(flat, 0.02 * rng.standard_normal((hops * len(audio_bands.PITCHES), width)))
    by_step = g("Transpose", g.reshape(new, -1, STEPS, LAYERS, sizes.latent), perm=[1, 2, 0, 3])
    g("Tanh", g("Add", g.scaled("input_latents", 0.6), by_step), to="output_latents")


def _noise(g: Graph, step: int, sizes: Sizes) -> str:
    one = g.reshape(g.slice("noise", step, step + 1, 1), -1, FRAMES, sizes.outputs)
    return g.scaled(one, NOISE[step])


def _ends(sizes: Sizes) -> Float32Array:
    """Returns offsets `[60, outputs]` of the frames at either side; those in the middle are 0."""
    ends = np.zeros((FRAMES, sizes.outputs), np.float32)
    wild = HUGE * np.sin(np.arange(sizes.outputs) + 1.0)
    ends[:SIDE] = ends[-SIDE:] = wild
    return ends
