"""v3.0: windows of one second, of which the middle frames are kept; a GRU keeps state from window to window.

The output for a window, 21 MB, never leaves the device. Neither does the noise, nor the GRU's state as long as the same
streams stay together.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from a2f_server.arrays import Float32Array
from a2f_server.backends.audio2face3d.bundle import NetworkSpec
from a2f_server.backends.audio2face3d.network.base import Network, Precision
from a2f_server.backends.audio2face3d.projection import Projection
from a2f_server.onnx_runtime.buckets import pad, split
from a2f_server.onnx_runtime.host_gather import StateBlock, StateRow, gather
from a2f_server.onnx_runtime.session import DeviceArray, DeviceKind, DeviceSlice

Latents = StateRow
"""The GRU's state of one stream. Immutable."""
BATCH_AXIS = 2
"""Batch axis of the latents: [steps, layers, batch, width]."""
SEED = 0
"""Seed of the noise."""


class Diffusion(Network):
    """A stateful network of 725 MB, with one session for all batch sizes.

    The noise is the same for all streams, windows and runs of the server, like `constantNoise` of NVIDIA's SDK. It
    comes from numpy's generator instead of cuRAND's: faces differ from NVIDIA's as much as with another noise seed.
    """

    max_batch = 32
    bucket_factor = 4
    stateful = True
    single_session = True

    def __init__(
        self,
        spec: NetworkSpec,
        projection: Projection,
        device_kind: DeviceKind,
        *,
        strength: float,
        precision: Precision,
    ) -> None:
        super().__init__(spec, projection, device_kind, strength=strength, precision=precision)
        self._noise: DeviceArray = None
        self._noise_rows = 0

    def infer(
        self, samples: Float32Array, emotions: Float32Array, latents: Sequence[StateRow | None]
    ) -> tuple[Float32Array, list[StateRow | None]]:
        """Implements `Network.infer`. The windows of a stream run one after the other."""
        states, parts = list(latents), []
        for j, of_window in enumerate(np.split(emotions, samples.shape[1], axis=1)):
            z, after = self.run(samples[:, j], of_window, states)
            states = list(after)
            parts.append(z)
        return np.concatenate(parts, axis=1), states

    def run(
        self, samples: Float32Array, emotions: Float32Array, latents: Sequence[Latents | None]
    ) -> tuple[Float32Array, list[Latents]]:
        """Runs one window of each stream; returns z `[B, centre, m]` and the new latents.

        `samples[B, window]` in [−1, 1]; `emotions[B, centre, 10]` in the order of arkit.EMOTIONS; latents are None
        before a stream's first window.
        """
        with self._lock:
            ordered, groups, after = self._ordered(emotions), [], []
            for rows, size in split(len(samples), self.buckets):
                count = rows.stop - rows.start
                z, block = self._run(pad(samples[rows], size), pad(ordered[rows], size), latents[rows])
                groups.append(z[:count])
                after += block.rows(count)
        return np.concatenate(groups), after

    def try_batch(self, size: int) -> None:
        with self._lock:
            self._make_noise(size)
            silence = np.zeros((size, self.spec.window), np.float32)
            self._run(silence, np.zeros((size, self.spec.centre, 10), np.float32), [None])

    def close(self) -> None:
        """Frees the sessions and the noise."""
        super().close()
        self._noise = None

    def _run(
        self, samples: Float32Array, emotions: Float32Array, latents: Sequence[Latents | None]
    ) -> tuple[Float32Array, StateBlock]:
        size = len(samples)
        network = self._network(size)
        after = network.allocate(self._latent_shape(size))
        assert self.spec.identity is not None
        outputs = network.run_on_device(
            {
                "window": self._scaled(samples),
                "identity": np.broadcast_to(self.spec.identity, (size, len(self.spec.identity))),
                "emotion": emotions,
                "input_latents": gather(latents, self._latent_shape(size), BATCH_AXIS),
                "noise": DeviceSlice(self._noise, self._noise_shape(size)),
            },
            keep=["prediction"],
            into={"output_latents": DeviceSlice(after, self._latent_shape(size))},
        )
        return self._project(outputs["prediction"]), StateBlock(after, BATCH_AXIS)

    def _is_finite(self, samples: Float32Array) -> bool:
        z, (after,) = self.run(samples, np.zeros((1, self.spec.centre, 10), np.float32), [None])
        return bool(np.isfinite(z).all() and np.isfinite(after.block.host).all())

    def _latent_shape(self, size: int) -> tuple[int, ...]:
        return self.spec.steps, self.spec.layers, size, self.spec.latent

    def _noise_shape(self, size: int) -> tuple[int, ...]:
        """Returns the noise's shape: one draw for the start and one after each denoising step."""
        return size, self.spec.steps + 1, self.spec.computed, self.spec.outputs

    def _make_noise(self, size: int) -> None:
        """Puts noise for batches of this size on the device; smaller batches use its beginning."""
        if size == self._noise_rows or (size < self._noise_rows and size in self.buckets):
            return
        network = self._network(size)  # opening it rejects a graph that expects noise of another shape
        self._noise, self._noise_rows = None, 0  # free the old noise first: both may not fit
        one = np.random.default_rng(SEED).standard_normal(self._noise_shape(1), np.float32)
        self._noise = network.to_device(np.repeat(one, size, axis=0))
        self._noise_rows = size
