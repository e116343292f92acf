"""Batches are split and padded to a few sizes."""

from __future__ import annotations

import numpy as np
import pytest

from a2f_server.onnx_runtime.buckets import ONE_BY_ONE, bucket_sizes, pad, split


@pytest.mark.parametrize(
    ("largest", "expected"), [(1, (1,)), (2, (1, 2)), (6, (1, 2, 4, 6)), (64, (1, 2, 4, 8, 16, 32, 64))]
)
def test_sizes_double_up_to_the_largest(largest: int, expected: tuple[int, ...]) -> None:
    assert bucket_sizes(largest) == expected


def test_sizes_can_be_further_apart() -> None:
    assert bucket_sizes(32, factor=4) == (1, 4, 16, 32)
    assert bucket_sizes(16, factor=4) == (1, 4, 16)


@pytest.mark.parametrize("buckets", [ONE_BY_ONE, (1, 2, 4), bucket_sizes(64), bucket_sizes(6)])
def test_every_row_is_in_exactly_one_batch(buckets: tuple[int, ...]) -> None:
    for count in range(1, 150):
        rows = [i for part, size in split(count, buckets) for i in range(part.start, part.stop)]
        assert rows == list(range(count))
        for part, size in split(count, buckets):
            assert size in buckets
            assert part.stop - part.start <= size
            assert all(smaller < part.stop - part.start for smaller in buckets if smaller < size), (
                "the smallest that does"
            )


def test_padding_is_zeros_after_the_rows() -> None:
    rows = np.ones((3, 2), np.float32)
    whole = pad(rows, 4)
    assert whole.shape == (4, 2)
    assert np.array_equal(whole[:3], rows)
    assert not whole[3].any()
    assert np.array_equal(pad(rows, 3), rows)
