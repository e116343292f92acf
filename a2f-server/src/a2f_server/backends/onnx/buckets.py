"""Sizes of batches that a GPU meets.

What a GPU runs is planned for one size of batch, its convolutions and its memory. Batches are therefore padded to one
of a few sizes, each of which is tried at start, and those above the largest are split.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from a2f_server.backends.onnx.session import Floats

ONE = (1,)
"""Row by row: on a CPU a row's bits then cannot depend on its neighbours, whatever the library does with more rows."""


def sizes(largest: int, factor: int = 2) -> tuple[int, ...]:
    """1 and its multiples by the factor (1, 2, 4, 8 …) below the largest, and the largest itself."""
    found = [1]
    while found[-1] * factor < largest:
        found.append(found[-1] * factor)
    return tuple(found) if largest == 1 else (*found, largest)


def parts(count: int, buckets: Sequence[int]) -> Iterator[tuple[slice, int]]:
    """Which rows go together, and the bucket that they are padded to. As many as fit go into the largest."""
    for begin in range(0, count, buckets[-1]):
        rows = min(buckets[-1], count - begin)
        yield slice(begin, begin + rows), next(size for size in buckets if size >= rows)


def padded(rows: Floats, size: int) -> Floats:
    """`[size, …]`: the rows, and zeros after them."""
    if len(rows) == size:
        return np.ascontiguousarray(rows)
    whole = np.zeros((size, *rows.shape[1:]), np.float32)
    whole[: len(rows)] = rows
    return whole
