"""Buffers the samples of one utterance that are still needed, addressed by their position from its start."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


class SampleBuffer:
    """Samples from position 0 on. Dropped samples and positions outside of the data read as silence.

    Stores the bytes as received: reading a window is a slice, and the windows of many utterances are converted to one
    array together. All samples have the type of the first, int16 or float32.
    """

    def __init__(self) -> None:
        self.total = 0
        self.dtype: np.dtype[Any] = np.dtype(np.int16)
        self.width = 2
        """Bytes of a sample."""
        self._base = 0
        self._data = bytearray()

    @property
    def size(self) -> int:
        """Bytes in the buffer."""
        return len(self._data)

    def append(self, samples: NDArray[np.int16] | NDArray[np.float32]) -> None:
        """Appends samples."""
        if not self.total:
            self.dtype, self.width = samples.dtype, samples.dtype.itemsize
        assert samples.dtype == self.dtype
        self._data += samples.data
        self.total += len(samples)

    def read(self, start: int, stop: int) -> bytearray:
        """Returns the bytes of samples start … stop − 1, silence where there are none."""
        low, high = (start - self._base) * self.width, (stop - self._base) * self.width
        if low >= 0 and high <= len(self._data):
            return self._data[low:high]
        out = bytearray(high - low)
        first, last = max(low, 0), min(high, len(self._data))
        if last > first:
            out[first - low : last - low] = self._data[first:last]
        return out

    def forget(self, before: int) -> None:
        """Drops the samples before this position."""
        stale = min(before - self._base, len(self._data) // self.width)
        if stale > 0:
            del self._data[: stale * self.width]
            self._base += stale
