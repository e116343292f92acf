"""v2.3: one frame per window, no state."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from a2f_server.arrays import Float32Array
from a2f_server.backends.audio2face3d.network.base import Network
from a2f_server.onnx_runtime.buckets import pad, split
from a2f_server.onnx_runtime.host_gather import StateRow


class Regression(Network):
    """A stateless network of 75 MB, with a session per batch size."""

    max_batch = 256
    bucket_factor = 2

    def infer(
        self, samples: Float32Array, emotions: Float32Array, latents: Sequence[StateRow | None]
    ) -> tuple[Float32Array, list[StateRow | None]]:
        """Implements `Network.infer`. The windows of one stream are independent, like those of several."""
        streams, count, window = samples.shape
        z = self.run(samples.reshape(-1, window), emotions.reshape(streams * count, -1))
        return z.reshape(streams, count, -1), list(latents)

    def run(self, samples: Float32Array, emotions: Float32Array) -> Float32Array:
        """Returns z `[N, m]` for `samples[N, window]` in [−1, 1] and `emotions[N, 10]` in arkit.EMOTIONS' order."""
        with self._lock:
            ordered = self._ordered(emotions)
            groups = [
                self._run(pad(samples[rows], size), pad(ordered[rows], size))[: rows.stop - rows.start]
                for rows, size in split(len(samples), self.buckets)
            ]
        return np.concatenate(groups)

    def try_batch(self, size: int) -> None:
        with self._lock:
            self._run(np.zeros((size, self.spec.window), np.float32), np.zeros((size, 10), np.float32))

    def _run(self, samples: Float32Array, emotions: Float32Array) -> Float32Array:
        """Runs one batch. The network's `emotion[B, 1, 26]` is the bundle's implicit row, then the ten emotions."""
        assert self.spec.implicit is not None
        implicit = np.broadcast_to(self.spec.implicit, (len(emotions), len(self.spec.implicit)))
        emotion = np.concatenate([implicit, emotions], axis=1)[:, None]
        inputs = {"input": self._scaled(samples)[:, None], "emotion": emotion}
        result = self._network(len(samples)).run_on_device(inputs, keep=["result"])["result"]
        return self._project(result)[:, 0]

    def _is_finite(self, samples: Float32Array) -> bool:
        return bool(np.isfinite(self.run(samples, np.zeros((1, 10), np.float32))).all())
