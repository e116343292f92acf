"""States of streams, as rows of a call's block."""

from __future__ import annotations

import numpy as np
import pytest

from a2f_server.onnx_runtime import session as onnx
from a2f_server.onnx_runtime.host_gather import StateBlock, StateRow, gather

SHAPE = (2, 2, 4, 3)
"""Steps, layers, batch, width: the batch is axis 2."""


def block(seed: int) -> StateBlock:
    values = np.random.default_rng(seed).normal(size=SHAPE).astype(np.float32)
    return StateBlock(onnx.runtime().OrtValue.ortvalue_from_numpy(values), axis=2)


def values(of: StateBlock) -> np.ndarray:
    return of.value.numpy()


def test_an_unchanged_batch_is_its_block() -> None:
    one = block(0)
    assert gather(one.rows(4), SHAPE, 2) is one.value
    assert gather(one.rows(3), SHAPE, 2) is one.value, "padding may follow the rows"


@pytest.mark.parametrize("order", [[1, 0, 2, 3], [1, 2, 3], [0, 0], [3]])
def test_another_order_or_other_streams_are_gathered(order: list[int]) -> None:
    one = block(0)
    rows = one.rows(4)
    found = gather([rows[k] for k in order], SHAPE, 2)
    assert isinstance(found, np.ndarray)
    assert np.array_equal(found[:, :, : len(order)], values(one)[:, :, order])
    assert not found[:, :, len(order) :].any()


def test_a_batch_of_another_size_is_gathered() -> None:
    one = block(0)
    found = gather(one.rows(2), (2, 2, 2, 3), 2)
    assert np.array_equal(found, values(one)[:, :, :2])


def test_rows_of_many_blocks_and_new_streams_are_gathered() -> None:
    a, b = block(1), block(2)
    found = gather([a.rows(4)[3], None, b.rows(4)[0]], SHAPE, 2)
    assert np.array_equal(found[:, :, 0], values(a)[:, :, 3])
    assert not found[:, :, 1].any()
    assert np.array_equal(found[:, :, 2], values(b)[:, :, 0])


def test_new_streams_start_with_zeros() -> None:
    found = gather([None, None], SHAPE, 2)
    assert found.shape == SHAPE
    assert not found.any()


def test_a_row_is_immutable() -> None:
    one = block(3)
    before = values(one).copy()
    gather([one.rows(4)[2]], SHAPE, 2)[...] = 7
    assert np.array_equal(values(one), before)
    assert isinstance(one.rows(1)[0], StateRow)
