"""Memories on the device are values like those on the host, wherever they come from."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from a2f_server.backends.builtin import mel
from a2f_server.backends.builtin.backend import BuiltinBackend
from a2f_server.backends.contract import Batch
from a2f_server.backends.onnx import joiner as module
from a2f_server.backends.onnx.joiner import Joiner, Remembered
from a2f_server.backends.onnx.session import Session

WIDTH = 5
RATE = 16000


@pytest.fixture
def joiner() -> Joiner:
    return Joiner("cpu", WIDTH)


def shelve(joiner: Joiner, values: list[float], order: list[int] | None = None) -> list[Remembered]:
    """A call's memories: a row of equal numbers for each value."""
    block = np.repeat(np.array(values, np.float32)[:, None], WIDTH, axis=1)
    keeper = Session(module.GATHERING.read_bytes(), "cpu")
    return joiner.shelved(keeper.keep(block), np.array(order or range(len(values)), np.int64))


def joined(joiner: Joiner, memories: list[Remembered | None]) -> list[float]:
    """The first number of each memory, in the order of the memories."""
    whole, order = joiner.joined(memories)
    rows = whole if isinstance(whole, np.ndarray) else whole.numpy()
    assert rows.shape == (len(memories), WIDTH)
    assert (rows == rows[:, :1]).all()
    return [float(rows[list(order).index(place), 0]) for place in range(len(memories))]


def test_rows_of_many_calls_meet(joiner: Joiner) -> None:
    a, b, c = shelve(joiner, [1, 2, 3]), shelve(joiner, [4, 5]), shelve(joiner, [6])
    assert joined(joiner, [b[1], a[0], None, c[0], a[2], b[0], None]) == [5, 1, 0, 6, 3, 4, 0]
    assert joined(joiner, [a[2], a[0]]) == [3, 1]
    assert joined(joiner, [None, None]) == [0, 0]


def test_voices_that_go_on_together_are_not_copied(joiner: Joiner) -> None:
    rows = shelve(joiner, [1, 2, 3])
    assert rows[0].shelf is not None
    whole, order = joiner.joined(rows)
    assert whole is rows[0].shelf.value
    assert order.tolist() == [0, 1, 2]


def test_what_a_call_gave_goes_back_to_whose_it_is(joiner: Joiner) -> None:
    rows = shelve(joiner, [10, 30, 20], order=[0, 2, 1])
    assert joined(joiner, [*rows]) == [10, 20, 30]


def test_memories_are_values(joiner: Joiner) -> None:
    rows = shelve(joiner, [1, 2])
    assert joined(joiner, [rows[0], rows[1], rows[0]]) == [1, 2, 1]
    assert joined(joiner, [*rows]) == [1, 2]


def test_a_voice_that_falls_silent_keeps_no_crowd_on_the_device(
    joiner: Joiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BLOCKS", 3)
    quiet = [shelve(joiner, [k, -1, -1])[0] for k in range(10)]
    gc.collect()
    assert [row.shelf is not None for row in quiet] == [False] * 7 + [True] * 3
    assert joined(joiner, [*quiet]) == list(range(10)), "where it lies changes nothing"
    assert all(row.own is None or row.own.base is None for row in quiet), "rows of their own"


def test_shelves_that_nobody_uses_are_gone(joiner: Joiner) -> None:
    for k in range(100):
        shelve(joiner, [k])
    gc.collect()
    last = shelve(joiner, [7])
    assert len([ref for ref in joiner._shelves if ref()]) == 1
    assert joined(joiner, [*last]) == [7]


def test_the_built_in_model_says_the_same_with_its_memories_on_the_device() -> None:
    """Crowds that change from call to call: who is due is a matter of chance."""
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
