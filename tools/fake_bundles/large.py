"""Networks with NVIDIA's sizes and kinds of layers but random weights: they take as long as the real ones.

Regression is wav2vec2-base's front end with one transformer layer, an autocorrelation branch and convolutions that
reduce time to one step, as in NVIDIA's Audio2Face-3D Training Framework. Diffusion is a HuBERT-base encoder and a
denoiser of two GRU layers that runs twice, approximated where only its sizes are known.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from a2f_server.arrays import Float32Array
from tools.fake_bundles.configs import CENTRE, IDENTITIES, LAYERS, SIDE, STEPS
from tools.fake_bundles.graph import Graph, inputs
from tools.fake_bundles.layers import WIDTH, Layers
from tools.fake_bundles.sizes import Sizes

DEPTH = 12
"""Transformer layers of HuBERT-base."""
TONES = 256
"""Width of the audio features at each step."""
MIDDLE, LATE = 512, 448
"""Widths of the denoiser before and after its GRU; they give it 1.8 · 10⁸ parameters."""
FRAMES = CENTRE + 2 * SIDE
MOVE = 0.02
"""Scale of the networks' output."""


def regression(file: Path, sizes: Sizes, rng: np.random.Generator) -> None:
    """Writes a network of 1.8 · 10⁷ parameters."""
    g = Graph()
    layers = Layers(g, rng)
    encoded = layers.linear(layers.encoder(layers.front("input"), 1), WIDTH, TONES)
    x = g("Concat", encoded, layers.autocorrelation("input", 8320), axis=2)
    x, wide, steps = g("Transpose", x, perm=[0, 2, 1]), 2 * TONES, 25
    emotion = g("Transpose", "emotion", perm=[0, 2, 1])
    count = sizes.implicit + 10
    while steps > 1:
        repeated = g.scaled(emotion, np.ones((1, 1, steps)))
        weight = layers.weights(TONES, wide + count, 3, fan=3 * (wide + count))
        x = layers.gelu(g("Conv", g("Concat", x, repeated, axis=1), g.floats(weight), strides=[2], pads=[1, 1]))
        wide, steps = TONES, (steps + 1) // 2
    last = g("Concat", g("Transpose", x, perm=[0, 2, 1]), "emotion", axis=2)
    heads = [layers.linear(last, TONES + count, out, MOVE) for out in (sizes.skin_out, sizes.tongue_out, 15, 4)]
    g("Concat", *heads, to="result", axis=2)
    g.save(file, *inputs("regression", sizes.outputs, sizes.latent, sizes.implicit))


def diffusion(file: Path, sizes: Sizes, rng: np.random.Generator) -> None:
    """Writes a network of 1.8 · 10⁸ parameters."""
    g = Graph()
    layers = Layers(g, rng)
    denoiser = _Denoiser(g, layers, sizes)
    conditioning, noise, states = _conditioning(g, layers), [_noise(g, step, sizes) for step in range(STEPS + 1)], []
    x = noise[0]
    for step in range(STEPS):
        clean, state = denoiser(x, conditioning, step)
        states.append(state)
        x = g.sum(g.scaled(clean, 0.8), g.scaled(noise[step + 1], 0.2 if step + 1 < STEPS else 0.002))
    g("Identity", x, to="prediction")
    g("Concat", *states, to="output_latents", axis=0)
    g.save(file, *inputs("diffusion", sizes.outputs, sizes.latent))


class _Denoiser:
    """Denoises frames; the same weights at each step."""

    def __init__(self, graph: Graph, layers: Layers, sizes: Sizes) -> None:
        self.graph, self.latent = graph, sizes.latent
        self._into = graph.floats(layers.weights(sizes.outputs, MIDDLE, fan=sizes.outputs))
        self._late = graph.floats(layers.weights(self.latent, LATE, fan=self.latent))
        self._out = graph.floats(MOVE * layers.weights(LATE, sizes.outputs, fan=LATE))
        wide = (MIDDLE, *(self.latent for _ in range(LAYERS - 1)))
        self._layers = [
            [graph.floats(layers.weights(1, 3 * self.latent, w, fan=w)) for w in (i, self.latent)] for i in wide
        ]
        self._gelu = layers.gelu

    def __call__(self, x: str, conditioning: str, step: int) -> tuple[str, str]:
        """Adds a step; returns its frames `[B, 60, outputs]` and its GRU state `[1, 2, B, latent]`."""
        g = self.graph
        h = g("Transpose", g("Add", g("MatMul", x, self._into), conditioning), perm=[1, 0, 2])
        states = []
        for number, (weight, again) in enumerate(self._layers):
            h, state = self._gru(h, weight, again, step, number)
            states.append(state)
        late = self._gelu(g("MatMul", g("Transpose", h, perm=[1, 0, 2]), self._late))
        return g("MatMul", late, self._out), g("Unsqueeze", g("Concat", *states, axis=0), g.ints(0))

    def _gru(self, h: str, weight: str, again: str, step: int, layer: int) -> tuple[str, str]:
        g = self.graph
        before = g("Squeeze", g.slice(g.slice("input_latents", step, step + 1, 0), layer, layer + 1, 1), g.ints(0))
        # no biases and no lengths, then the state
        out = g("GRU", h, weight, again, "", "", before, outputs=2, hidden_size=self.latent, linear_before_reset=1)
        return g("Squeeze", out, g.ints(1)), f"{out}_1"


def _conditioning(g: Graph, layers: Layers) -> str:
    """Adds the conditioning `[B, 60, 512]` by audio, emotions and identity."""
    sound = g.reshape("window", -1, 1, 16000)
    encoded = layers.encoder(layers.front(sound), DEPTH)
    both = g("Concat", encoded, layers.autocorrelation(sound, 16000), axis=2)
    frames = g("MatMul", g.floats(_stretched(49, FRAMES)), both)
    emotions = g("MatMul", g.floats(_stretched(CENTRE, FRAMES)), "emotion")
    identity = g.reshape(layers.linear("identity", len(IDENTITIES), MIDDLE), -1, 1, MIDDLE)
    return g.sum(layers.linear(frames, WIDTH + 256, MIDDLE), layers.linear(emotions, 10, MIDDLE), identity)


def _noise(g: Graph, step: int, sizes: Sizes) -> str:
    return g.reshape(g.slice("noise", step, step + 1, 1), -1, FRAMES, sizes.outputs)


def _stretched(steps: int, frames: int) -> Float32Array:
    """Returns a matrix `[frames, steps]` for linear interpolation."""
    at = np.linspace(0, steps - 1, frames)
    near = np.maximum(1 - np.abs(at[:, None] - np.arange(steps)), 0)
    out: Float32Array = near.astype(np.float32)
    return out
