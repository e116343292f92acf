"""The samples of one utterance that are still needed, addressed by their place from its start."""

from __future__ import annotations

import numpy as np

from a2f_server.audio.pcm import Samples


class SampleLine:
    """A line of samples from 0 on; what lies before `forget` or beyond the end reads as silence."""

    def __init__(self) -> None:
        self.total = 0
        self._base = 0
        self._size = 0
        self._data = np.empty(8192, np.float32)

    def append(self, samples: Samples) -> None:
        """Adds samples at the end."""
        end = self._size + len(samples)
        if end > len(self._data):
            self._grow(end)
        self._data[self._size : end] = samples
        self._size = end
        self.total += len(samples)

    def _grow(self, size: int) -> None:
        larger = np.empty(max(size, 2 * len(self._data)), np.float32)
        larger[: self._size] = self._data[: self._size]
        self._data = larger

    def read(self, start: int, stop: int) -> Samples:
        """Samples start … stop − 1; a view where all of them are here, else a padded copy."""
        low, high = start - self._base, stop - self._base
        if low >= 0 and high <= self._size:
            return self._data[low:high]
        out = np.zeros(stop - start, np.float32)
        first, last = max(low, 0), min(high, self._size)
        if last > first:
            out[first - low : last - low] = self._data[first:last]
        return out

    def forget(self, before: int) -> None:
        """Samples before this place are not needed any more. Moves memory only when half of it is stale, so that
        the cost of moving stays below the cost of appending."""
        stale = min(before - self._base, self._size)
        if stale * 2 > len(self._data):
            kept = self._data[stale : self._size]
            self._data = np.empty(max(8192, 2 * len(kept)), np.float32)
            self._data[: len(kept)] = kept
            self._size, self._base = len(kept), self._base + stale
