"""A model for several processes: batches put together, states that are freed, faults that stay with their process."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from a2f_server.backends.contract import Batch, Result, State
from a2f_server.backends.shared import client
from a2f_server.backends.shared.client import Link, NewState, SharedModel
from a2f_server.errors import A2FError, BackendFailed
from tests.backends.shared.serving import Served
from tests.backends.toy import Toy
from tests.support.waiting import until


class Recorded(Toy):
    """Keeps the sizes of its batches; waits and raises as it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []
        self.go_on = threading.Event()
        self.go_on.set()

    def infer(self, batch: Batch, states: Sequence[State]) -> Result:
        self.sizes.append(len(states))
        self.go_on.wait(20)
        if np.any(batch.samples == -1):
            raise BackendFailed("no such sound")
        if np.any(batch.samples == -0.5):
            raise ZeroDivisionError
        return super().infer(batch, states)


@pytest.fixture
def shared() -> Iterator[Served]:
    with closing(Served(Recorded())) as model:
        yield model


def batch(model: SharedModel, rows: int, value: float = 0.1) -> Batch:
    layout = model.layout(16000)
    samples = np.full((rows, 1, layout.window), value, np.float32)
    return Batch(samples, np.zeros((rows, layout.hop, 10), np.float32), layout.sample_rate)


def infer(model: SharedModel, rows: int = 1, value: float = 0.1) -> Result:
    return model.infer(batch(model, rows, value), [model.initial_state(0)] * rows)


def states_kept(model: Served) -> int:
    """States in the memory of the server, once it has read what was released."""
    infer(model)
    (server,) = [one for one in gc.get_objects() if type(one).__name__ == "ModelServer"]
    return sum(len(client.states) for client in server._clients.values())


def test_it_describes_itself_as_the_model(shared: Served) -> None:
    toy = shared.served
    assert (shared.name, shared.mode, shared.capacity, shared.phones) == (toy.name, toy.mode, toy.capacity, toy.phones)
    assert shared.layout(16000) == toy.layout(16000)
    assert shared.shared
    assert shared.available


def test_batches_of_several_processes_become_one(shared: Served) -> None:
    others = [SharedModel(shared.socket) for _ in range(3)]
    shared.served.go_on.clear()
    first = threading.Thread(target=infer, args=(shared,))
    first.start()
    until(lambda: shared.served.sizes == [1])
    made: list[Result] = []
    threads = [threading.Thread(target=lambda m=m, n=n: made.append(infer(m, n))) for n, m in enumerate(others, 1)]
    for thread in threads:
        thread.start()
    until(lambda: all(other._link and other._link._lock.locked() for other in others))
    shared.served.go_on.set()
    for thread in [first, *threads]:
        thread.join(20)
    assert sum(shared.served.sizes) == 7
    alone, _ = Toy().infer(batch(shared, 1), [Toy().initial_state(0)])
    for weights, states in made:
        assert len(weights) == len(states)
        np.testing.assert_array_equal(weights, np.repeat(alone, len(weights), axis=0))
    for other in others:
        other.close()


def test_states_are_freed_when_nobody_needs_them(shared: Served) -> None:
    _, states = infer(shared, 3)
    _, after = shared.infer(batch(shared, 3), states)
    assert states_kept(shared) == 7
    del states
    assert states_kept(shared) == 4
    del after
    assert states_kept(shared) == 1


def test_the_states_of_a_process_end_with_it(shared: Served) -> None:
    other = SharedModel(shared.socket)
    _, states = infer(other, 5)
    assert states_kept(shared) == 6
    other.close()
    until(lambda: states_kept(shared) == 1)
    assert len(states) == 5


def test_errors_stay_with_the_process_that_caused_them(shared: Served) -> None:
    other = SharedModel(shared.socket)
    with pytest.raises(BackendFailed, match="no such sound"):
        infer(shared, 2, -1)
    with pytest.raises(RuntimeError) as caught:
        infer(shared, 2, -0.5)
    assert not isinstance(caught.value, A2FError)
    assert len(infer(other, 2)[1]) == 2
    other.close()


def test_larger_batches_get_more_memory(shared: Served) -> None:
    for rows in (1, 8, 500, 2):
        weights, _ = infer(shared, rows)
        assert len(weights) == rows


def test_new_utterances_do_not_wait_for_a_model_that_hangs(shared: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ANSWER_S", 0.01)
    shared.served.go_on.clear()
    running = threading.Thread(target=infer, args=(shared,))
    running.start()
    until(lambda: shared.served.sizes == [1])
    assert shared.layout(44100) == shared.served.layout(44100)
    with pytest.raises(BackendFailed):
        shared.layout(44101)
    shared.served.go_on.set()
    running.join(20)


def test_a_process_that_ends_leaves_no_open_file(shared: Served) -> None:
    def blocks() -> int:
        links = (Path("/proc/self/fd") / name for name in os.listdir("/proc/self/fd"))
        return sum("a2f-block" in os.readlink(link) for link in links if link.is_symlink())

    before = blocks()
    infer(shared, 3)
    infer(shared, 900)
    assert blocks() == before + 2, "one for each side"
    shared.end_server()
    until(lambda: not shared.available and shared._link is None)
    assert blocks() == before


def test_without_the_process_there_are_errors(shared: Served) -> None:
    _, states = infer(shared)
    shared.end_server()
    until(lambda: not shared.available)
    with pytest.raises(BackendFailed, match="starting again"):
        shared.infer(batch(shared, 1), states)


def test_states_of_an_earlier_process_are_errors(shared: Served) -> None:
    _, states = infer(shared)
    shared._link = Link(shared.socket)
    with pytest.raises(BackendFailed, match="starting again"):
        shared.infer(batch(shared, 1), states)
    assert len(shared.infer(batch(shared, 1), [NewState(0)])[1]) == 1
