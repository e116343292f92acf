"""Layers with random weights, scaled to keep the variance of their inputs."""

from __future__ import annotations

import numpy as np

from a2f_server.arrays import Float32Array
from tools.fake_bundles.graph import Graph

WIDTH, HEADS, INNER = 768, 12, 3072
"""Sizes of a transformer layer of wav2vec2-base and HuBERT-base."""
CHANNELS = 512
FRONT = ((10, 5), (3, 2), (3, 2), (3, 2), (3, 2), (2, 2), (2, 2))
"""Kernels and strides of the convolutions over samples, with one step every 20 ms."""
REACH, GROUPS = 128, 16
"""Kernel and groups of the convolution that encodes positions for the transformer."""


class Layers:
    """Adds layers to a graph; x is `[B, steps, width]` unless stated otherwise."""

    def __init__(self, graph: Graph, rng: np.random.Generator) -> None:
        self.graph, self.rng = graph, rng

    def weights(self, *shape: int, fan: int) -> Float32Array:
        """Returns normal weights for which `fan` inputs of variance 1 give an output of variance 1."""
        return self.rng.standard_normal(shape, np.float32) / np.float32(np.sqrt(fan))

    def linear(self, x: str, wide: int, out: int, scale: float = 1.0) -> str:
        """Adds a linear layer without bias, which would not matter here."""
        return self.graph.matmul(x, scale * self.weights(wide, out, fan=wide))

    def gelu(self, x: str) -> str:
        """Adds x · Φ(x), by the error function."""
        g = self.graph
        half = g.scaled(x, 0.5)
        return g("Mul", half, g("Add", g("Erf", g.scaled(x, np.sqrt(0.5))), g.floats(1.0)))

    def norm(self, x: str, width: int) -> str:
        """Adds a layer normalisation over the last axis."""
        g = self.graph
        return g("LayerNormalization", x, g.floats(np.ones(width)), g.floats(np.zeros(width)), axis=-1)

    def front(self, sound: str) -> str:
        """Adds wav2vec2-base's convolutions: `[B, 1, samples]` → `[B, steps, 768]`."""
        g, x, wide = self.graph, sound, 1
        for number, (kernel, stride) in enumerate(FRONT):
            weight = self.weights(CHANNELS, wide, kernel, fan=wide * kernel)
            x, wide = g("Conv", x, g.floats(weight), strides=[stride]), CHANNELS
            if number == 0:
                x = g("InstanceNormalization", x, g.floats(np.ones(wide)), g.floats(np.zeros(wide)))
            x = self.gelu(x)
        steps = self.norm(g("Transpose", x, perm=[0, 2, 1]), CHANNELS)
        return self.linear(steps, CHANNELS, WIDTH)

    def encoder(self, x: str, layers: int) -> str:
        """Adds the positional convolution and the transformer layers."""
        g = self.graph
        weight = self.weights(WIDTH, WIDTH // GROUPS, REACH, fan=REACH * WIDTH // GROUPS)
        pads = [REACH // 2, REACH // 2 - 1]
        positions = g("Conv", g("Transpose", x, perm=[0, 2, 1]), g.floats(weight), pads=pads, group=GROUPS)
        x = self.norm(g("Add", x, g("Transpose", self.gelu(positions), perm=[0, 2, 1])), WIDTH)
        for _ in range(layers):
            x = self.norm(g("Add", x, self._attention(x)), WIDTH)
            inner = self.gelu(self.linear(x, WIDTH, INNER))
            x = self.norm(g("Add", x, self.linear(inner, INNER, WIDTH)), WIDTH)
        return x

    def autocorrelation(self, sound: str, samples: int, lags: int = 32) -> str:
        """Adds an autocorrelation of 40 ms windows, up to 32 lags: `[B, 1, samples]` → `[B, samples/320 − 1, 256]`."""
        g, hops = self.graph, samples // 320
        halves = g.reshape(sound, -1, hops, 320)
        whole = g("Concat", g.slice(halves, 0, hops - 1, 1), g.slice(halves, 1, hops, 1), axis=2)
        lagged = [g("Mul", g.slice(whole, 0, 640 - k, 2), g.slice(whole, k, 640, 2)) for k in range(lags)]
        sums = [g("ReduceMean", x, axes=[2], keepdims=1) for x in lagged]
        return self.linear(g.scaled(g("Concat", *sums, axis=2), 8.912), lags, 256)

    def _attention(self, x: str) -> str:
        g = self.graph
        q, k, v = (self._split(self.linear(x, WIDTH, WIDTH), turned) for turned in (False, True, False))
        scores = g("Softmax", g.scaled(g("MatMul", q, k), (WIDTH / HEADS) ** -0.5), axis=-1)
        joined = g("Transpose", g("MatMul", scores, v), perm=[0, 2, 1, 3])
        return self.linear(g.reshape(joined, 0, 0, WIDTH), WIDTH, WIDTH)

    def _split(self, x: str, turned: bool) -> str:
        heads = self.graph.reshape(x, 0, 0, HEADS, WIDTH // HEADS)
        return self.graph("Transpose", heads, perm=[0, 2, 3, 1] if turned else [0, 2, 1, 3])
