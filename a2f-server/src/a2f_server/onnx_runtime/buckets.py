"""Batch sizes on a GPU.

A GPU plans its convolutions and memory for one batch size. Batches are therefore padded to one of a few sizes, each of
which is tried at start, and larger batches are split.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from a2f_server.arrays import Float32Array

ONE_BY_ONE = (1,)
"""Buckets on a CPU: with single rows, no other row can affect a row's bits, whatever the library does for larger ones.
"""


def bucket_sizes(largest: int, factor: int = 2) -> tuple[int, ...]:
    """Returns the powers of the factor (1, 2, 4, 8 …) below the largest size, and the largest size itself."""
    found = [1]
    while found[-1] * factor < largest:
        found.append(found[-1] * factor)
    return tuple(found) if largest == 1 else (*found, largest)


def split(count: int, buckets: Sequence[int]) -> Iterator[tuple[slice, int]]:
    """Splits `count` rows into batches; yields the rows of each, and the bucket to pad it to."""
    for begin in range(0, count, buckets[-1]):
        rows = min(buckets[-1], count - begin)
        yield slice(begin, begin + rows), next(size for size in buckets if size >= rows)


def pad(rows: Float32Array, size: int) -> Float32Array:
    """Returns `[size, …]`: the rows, followed by zeros."""
    if len(rows) == size:
        return np.ascontiguousarray(rows)
    whole = np.zeros((size, *rows.shape[1:]), np.float32)
    whole[: len(rows)] = rows
    return whole
