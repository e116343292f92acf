"""v2.3: a window of sound, one frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from a2f_server.backends.audio2face3d.inference import Network
from a2f_server.backends.onnx.blocks import Row
from a2f_server.backends.onnx.buckets import padded, parts
from a2f_server.backends.onnx.session import Floats


class Regression(Network):
    """It remembers nothing. A network of 75 MB: one a size of batch."""

    most = 256
    factor = 2

    def hear(self, samples: Floats, emotions: Floats, latents: Sequence[Row | None]) -> tuple[Floats, list[Row | None]]:
        """See Network: windows of one voice are as good as those of many."""
        voices, count, window = samples.shape
        z = self.run(samples.reshape(-1, window), emotions.reshape(voices * count, -1))
        return z.reshape(voices, count, -1), list(latents)

    def run(self, samples: Floats, emotions: Floats) -> Floats:
        """`samples[N, window]` in [−1, 1], `emotions[N, 10]` as arkit.EMOTIONS has them → z `[N, m]`."""
        with self._lock:
            felt = self._felt(emotions)
            groups = [
                self._run(padded(samples[rows], size), padded(felt[rows], size))[: rows.stop - rows.start]
                for rows, size in parts(len(samples), self.buckets)
            ]
        return np.concatenate(groups)

    def try_batch(self, size: int) -> None:
        """See Network."""
        with self._lock:
            self._run(np.zeros((size, self.graph.window), np.float32), np.zeros((size, 10), np.float32))

    def _run(self, samples: Floats, felt: Floats) -> Floats:
        """One batch. The network takes `emotion[B, 1, 26]`: the implicit row of the bundle, then the explicit ones."""
        assert self.graph.implicit is not None
        implicit = np.broadcast_to(self.graph.implicit, (len(felt), len(self.graph.implicit)))
        emotion = np.concatenate([implicit, felt], axis=1)[:, None]
        sound = self._heard(samples)[:, None]
        result = self._network(len(sound)).bound({"input": sound, "emotion": emotion}, kept=["result"])["result"]
        return self._folded(result)[:, 0]

    def _finite(self, sound: Floats) -> bool:
        return bool(np.isfinite(self.run(sound, np.zeros((1, 10), np.float32))).all())
