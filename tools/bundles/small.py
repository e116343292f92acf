"""Small networks with NVIDIA's tensors. Products and elementwise functions only: the batch changes no bit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.bundles import hearing
from tools.bundles.acting import VOICE, Moves
from tools.bundles.configs import CENTRE, LAYERS, SIDE, STEPS
from tools.bundles.graph import Graph, inputs
from tools.bundles.heads import UNIT
from tools.bundles.sizes import Sizes

FRAMES = CENTRE + 2 * SIDE
HUGE = 19.0
"""What frames at the sides of a diffusion window reach: nobody may use them."""
NOISE = (0.004, 0.002, 0.002)
"""Centimetres that each step's noise moves a vertex."""


def regression(
    file: Path, sizes: Sizes, moves: Moves, bases: tuple[NDArray[np.float32], ...], rng: np.random.Generator
) -> None:
    """8320 samples and 26 emotions → one frame, in principal components of skin and tongue."""
    g, hops = Graph(), 8320 // hearing.HOP
    heard = g.reshape(hearing.bands(g, "input", hops), -1, 1, hops * len(hearing.PITCHES))
    near = hearing.around(np.array([4160.0]), hops)[0]
    implicit = g.slice("emotion", 0, sizes.implicit, 2)
    explicit = g.slice("emotion", sizes.implicit, sizes.implicit + 10, 2)
    mood = g("Tanh", g.matmul(implicit, 0.1 * rng.standard_normal((sizes.implicit, len(VOICE)))))
    voice = g("Tanh", g.matmul(heard, np.einsum("h,pc->hpc", near, hearing.curves()).reshape(-1, len(VOICE))))
    felt = g.sum(g.matmul(explicit, hearing.gains()), g.scaled(mood, 0.1), g.floats(1.0))
    told = g("Concat", g("Mul", voice, felt), explicit, axis=2)
    detail = g("Tanh", g.matmul(heard, 0.02 * rng.standard_normal((hops * len(hearing.PITCHES), 16))))
    fine = g.matmul(detail, 0.01 * rng.standard_normal((16, sizes.outputs)))
    g("Add", g.matmul(told, _rows(moves, bases)), fine, to="result")
    g.save(file, *inputs("regression", sizes.outputs, sizes.latent, sizes.implicit))


def diffusion(file: Path, sizes: Sizes, moves: Moves, gains: Sequence[float], rng: np.random.Generator) -> None:
    """16000 samples, an emotion a frame and a memory → 60 frames of vertices, and the memory afterwards."""
    g, hops = Graph(), 16000 // hearing.HOP
    heard = hearing.bands(g, "window", hops)
    near = hearing.around(np.arange(FRAMES) * 16000 / FRAMES, hops)
    voice = g("Tanh", g.matmul(g("MatMul", g.floats(near), heard), hearing.curves()))
    mood = g("MatMul", g.floats(_spread()), "emotion")
    felt = g.sum(g.matmul(mood, hearing.gains()), _recalled(g, sizes, rng), g.floats(1.0))
    who = g.reshape(g.matmul("identity", np.array(gains)[:, None]), -1, 1, 1)
    told = g("Mul", g("Concat", g("Mul", voice, felt), mood, axis=2), who)
    shown = g.sum(g.matmul(told, _rows(moves, ())), *(_noise(g, step, sizes) for step in range(STEPS + 1)))
    g("Add", shown, g.floats(_ends(sizes)), to="prediction")
    _remember(g, heard, hops, sizes, rng)
    g.save(file, *inputs("diffusion", sizes.outputs, sizes.latent))


def _rows(moves: Moves, bases: tuple[NDArray[np.float32], ...]) -> NDArray[np.float32]:
    """`[curves, outputs]`: what the network says for each curve."""
    parts = [moves.skin, moves.tongue]
    if bases:
        parts = [part @ base.reshape(len(base), -1).T / UNIT**2 for part, base in zip(parts, bases, strict=True)]
    return np.concatenate([*parts, moves.jaw, moves.eyes], axis=1, dtype=np.float32)


def _spread() -> NDArray[np.float64]:
    """`[60, 30]`: the first and the last emotion hold for the frames before and after."""
    kept = np.clip(np.arange(FRAMES) - SIDE, 0, CENTRE - 1)
    out: NDArray[np.float64] = np.eye(CENTRE)[kept]
    return out


def _recalled(g: Graph, sizes: Sizes, rng: np.random.Generator) -> str:
    """`[B, 1, curves]`: what the memory changes of the voice."""
    memory = g("Transpose", "input_latents", perm=[2, 0, 1, 3])
    flat = g.reshape(memory, -1, 1, STEPS * LAYERS * sizes.latent)
    return g.scaled(g("Tanh", g.matmul(flat, 0.1 * rng.standard_normal((STEPS * LAYERS * sizes.latent, 4)))), 0.2)


def _remember(g: Graph, heard: str, hops: int, sizes: Sizes, rng: np.random.Generator) -> None:
    width = STEPS * LAYERS * sizes.latent
    flat = g.reshape(heard, -1, hops * len(hearing.PITCHES))
    new = g.matmul(flat, 0.02 * rng.standard_normal((hops * len(hearing.PITCHES), width)))
    placed = g("Transpose", g.reshape(new, -1, STEPS, LAYERS, sizes.latent), perm=[1, 2, 0, 3])
    g("Tanh", g("Add", g.scaled("input_latents", 0.6), placed), to="output_latents")


def _noise(g: Graph, step: int, sizes: Sizes) -> str:
    one = g.reshape(g.slice("noise", step, step + 1, 1), -1, FRAMES, sizes.outputs)
    return g.scaled(one, NOISE[step])


def _ends(sizes: Sizes) -> NDArray[np.float32]:
    """`[60, outputs]`: nothing in the middle."""
    ends = np.zeros((FRAMES, sizes.outputs), np.float32)
    wild = HUGE * np.sin(np.arange(sizes.outputs) + 1.0)
    ends[:SIDE] = ends[-SIDE:] = wild
    return ends
