"""v3.0: a second of sound, the frames in its middle; a GRU remembers.

What it says of a window, 21 MB, stays on the device, and so do its noise and, as long as the same voices go on
together, what it remembers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from a2f_server.backends.audio2face3d.fold import Fold
from a2f_server.backends.audio2face3d.inference import Network, Precision
from a2f_server.backends.audio2face3d.parts import Graph
from a2f_server.backends.onnx.blocks import Block, Row, joined
from a2f_server.backends.onnx.buckets import padded, parts
from a2f_server.backends.onnx.session import Floats, Place, Value, View

Latents = Row
"""What a voice's network remembers of its sound, a value."""
BATCH_AXIS = 2
"""Of the latents: [steps, layers, batch, width]."""
SEED = 0
"""Of the noise."""


class Diffusion(Network):
    """A network of 725 MB: one for all sizes of batch.

    The noise is the same for all voices and windows and at each start, as `constantNoise` of NVIDIA's SDK has it, from
    numpy's generator instead of cuRAND's: faces differ from NVIDIA's by as much as another draw of the noise makes.
    """

    most = 32
    factor = 4
    remembers = True
    shared = True

    def __init__(self, graph: Graph, fold: Fold, place: Place, *, strength: float, precision: Precision) -> None:
        super().__init__(graph, fold, place, strength=strength, precision=precision)
        self._noise: Value = None
        self._noises = 0

    def hear(self, samples: Floats, emotions: Floats, latents: Sequence[Row | None]) -> tuple[Floats, list[Row | None]]:
        """See Network: one window of each voice after the other."""
        memories, parts_ = list(latents), []
        for j, felt in enumerate(np.split(emotions, samples.shape[1], axis=1)):
            z, after = self.run(samples[:, j], felt, memories)
            memories = list(after)
            parts_.append(z)
        return np.concatenate(parts_, axis=1), memories

    def run(self, samples: Floats, emotions: Floats, latents: Sequence[Latents | None]) -> tuple[Floats, list[Latents]]:
        """`samples[B, window]` in [−1, 1], `emotions[B, centre, 10]` as arkit.EMOTIONS has them, what each voice
        remembers (None: nothing yet) → z `[B, centre, m]` and what they remember now."""
        with self._lock:
            felt, groups, after = self._felt(emotions), [], []
            for rows, size in parts(len(samples), self.buckets):
                count = rows.stop - rows.start
                z, block = self._run(padded(samples[rows], size), padded(felt[rows], size), latents[rows])
                groups.append(z[:count])
                after += block.rows(count)
        return np.concatenate(groups), after

    def try_batch(self, size: int) -> None:
        """See Network."""
        with self._lock:
            self._make_noise(size)
            sound = np.zeros((size, self.graph.window), np.float32)
            self._run(sound, np.zeros((size, self.graph.centre, 10), np.float32), [None])

    def close(self) -> None:
        """Frees the sessions and the noise."""
        super().close()
        self._noise = None

    def _run(self, samples: Floats, felt: Floats, latents: Sequence[Latents | None]) -> tuple[Floats, Block]:
        size = len(samples)
        network = self._network(size)
        after = network.room(self._memory(size))
        assert self.graph.identity is not None
        outputs = network.bound(
            {
                "window": self._heard(samples),
                "identity": np.broadcast_to(self.graph.identity, (size, len(self.graph.identity))),
                "emotion": felt,
                "input_latents": joined(latents, self._memory(size), BATCH_AXIS),
                "noise": View(self._noise, self._noisy(size)),
            },
            kept=["prediction"],
            into={"output_latents": View(after, self._memory(size))},
        )
        return self._folded(outputs["prediction"]), Block(after, BATCH_AXIS)

    def _finite(self, sound: Floats) -> bool:
        z, (after,) = self.run(sound, np.zeros((1, self.graph.centre, 10), np.float32), [None])
        return bool(np.isfinite(z).all() and np.isfinite(after.block.host).all())

    def _memory(self, size: int) -> tuple[int, ...]:
        return self.graph.steps, self.graph.layers, size, self.graph.latent

    def _noisy(self, size: int) -> tuple[int, ...]:
        """A draw for the beginning and one after each step."""
        return size, self.graph.steps + 1, self.graph.computed, self.graph.outputs

    def _make_noise(self, size: int) -> None:
        """Noise on the device for a batch of this size; smaller ones take its beginning."""
        if size == self._noises or (size < self._noises and size in self.buckets):
            return
        network = self._network(size)  # it refuses a graph that wants noise of another shape, however large
        self._noise, self._noises = None, 0  # the old one goes first: there may be no room for both
        one = np.random.default_rng(SEED).standard_normal(self._noisy(1), np.float32)
        self._noise = network.keep(np.repeat(one, size, axis=0))
        self._noises = size
