"""States on the device are immutable, and can be gathered from any calls."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from a2f_server.backends.builtin import mel
from a2f_server.backends.builtin.backend import BuiltinBackend
from a2f_server.backends.contract import Batch
from a2f_server.onnx_runtime import device_gather as module
from a2f_server.onnx_runtime.device_gather import DeviceGather, DeviceState
from a2f_server.onnx_runtime.session import Session

WIDTH = 5
RATE = 16000


@pytest.fixture
def gather() -> DeviceGather:
    return DeviceGather("cpu", WIDTH)


def store(gather: DeviceGather, values: list[float], order: list[int] | None = None) -> list[DeviceState]:
    """Stores the states of a call: a row of equal numbers for each value."""
    block = np.repeat(np.array(values, np.float32)[:, None], WIDTH, axis=1)
    keeper = Session(module.GATHER_GRAPH.read_bytes(), "cpu")
    return gather.store(keeper.to_device(block), np.array(order or range(len(values)), np.int64))


def gathered(gather: DeviceGather, memories: list[DeviceState | None]) -> list[float]:
    """Gathers states; returns the first number of each, in their order."""
    whole, order = gather.gather(memories)
    rows = whole if isinstance(whole, np.ndarray) else whole.numpy()
    assert rows.shape == (len(memories), WIDTH)
    assert (rows == rows[:, :1]).all()
    return [float(rows[list(order).index(place), 0]) for place in range(len(memories))]


def test_rows_of_many_calls_are_gathered(gather: DeviceGather) -> None:
    a, b, c = store(gather, [1, 2, 3]), store(gather, [4, 5]), store(gather, [6])
    assert gathered(gather, [b[1], a[0], None, c[0], a[2], b[0], None]) == [5, 1, 0, 6, 3, 4, 0]
    assert gathered(gather, [a[2], a[0]]) == [3, 1]
    assert gathered(gather, [None, None]) == [0, 0]


def test_an_unchanged_batch_is_not_copied(gather: DeviceGather) -> None:
    rows = store(gather, [1, 2, 3])
    assert rows[0].block is not None
    whole, order = gather.gather(rows)
    assert whole is rows[0].block.value
    assert order.tolist() == [0, 1, 2]


def test_results_are_returned_in_the_order_of_the_streams(gather: DeviceGather) -> None:
    rows = store(gather, [10, 30, 20], order=[0, 2, 1])
    assert gathered(gather, [*rows]) == [10, 20, 30]


def test_states_are_immutable(gather: DeviceGather) -> None:
    rows = store(gather, [1, 2])
    assert gathered(gather, [rows[0], rows[1], rows[0]]) == [1, 2, 1]
    assert gathered(gather, [*rows]) == [1, 2]


def test_a_paused_stream_does_not_keep_its_block_on_the_device(
    gather: DeviceGather, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_BLOCKS", 3)
    quiet = [store(gather, [k, -1, -1])[0] for k in range(10)]
    gc.collect()
    assert [row.block is not None for row in quiet] == [False] * 7 + [True] * 3
    assert gathered(gather, [*quiet]) == list(range(10)), "the location does not matter"
    assert all(row.on_host is None or row.on_host.base is None for row in quiet), "rows are copies"


def test_unused_blocks_are_freed(gather: DeviceGather) -> None:
    for k in range(100):
        store(gather, [k])
    gc.collect()
    last = store(gather, [7])
    assert len([ref for ref in gather._blocks if ref()]) == 1
    assert gathered(gather, [*last]) == [7]


def test_the_built_in_model_gives_the_same_with_its_states_on_the_device() -> None:
    """The streams of each call are chosen at random."""
    host, device = BuiltinBackend("cpu"), BuiltinBackend("cpu", resident=True)
    rng = np.random.default_rng(0)
    window = mel.window(RATE)
    one, other = [host.initial_state(0)] * 9, [device.initial_state(0)] * 9
    for _ in range(25):
        due = rng.permutation(9)[: rng.integers(1, 10)]
        samples = rng.normal(0, 0.1, (len(due), int(rng.integers(1, 4)), window)).astype(np.float32)
        batch = Batch(samples, np.zeros((*samples.shape[:2], 10), np.float32), RATE)
        expected, after = host.infer(batch, [one[k] for k in due])
        weights, later = device.infer(batch, [other[k] for k in due])
        assert np.array_equal(weights, expected)
        for place, k in enumerate(due):
            one[k], other[k] = after[place], later[place]
