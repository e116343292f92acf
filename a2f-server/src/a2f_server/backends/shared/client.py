"""A backend whose model runs in another process, for several workers."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from math import prod
from multiprocessing.connection import Connection
from multiprocessing.reduction import send_handle
from pathlib import Path
from typing import Any, NamedTuple

from a2f_server.backends.contract import Backend, Batch, Layout, Result, State
from a2f_server.backends.shared.block import FLOAT, SharedBlock, closing_descriptor, open_file
from a2f_server.backends.shared.messages import (
    STATE_OF_NEW,
    AskLayout,
    BatchAnswer,
    BatchFailed,
    Describe,
    Infer,
    ModelDescription,
    NewBlock,
    StateKey,
    connect,
)
from a2f_server.errors import BackendFailed

RETRY_S = 0.05
"""Seconds between attempts to reach the process while it is starting again."""
START_S, ANSWER_S = 10.0, 2.0
"""Seconds to wait for the process when this one starts, and for an answer that is no batch."""
USUAL_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
MOST_LAYOUTS = 1024
"""Layouts that are kept, one for each sample rate."""
MOST_VALUES = 128
"""Values of a row of an answer, weights and phones, that fit into a block without making a larger one."""
GONE = "the face model ended unexpectedly and is starting again; try again in a moment"


class NewState(NamedTuple):
    """The state before an utterance's first window."""

    seed: int


class KeptState:
    """A state that the process keeps until this object is gone."""

    __slots__ = ("link", "number")

    def __init__(self, link: Link, number: int) -> None:
        self.link, self.number = link, number

    def __del__(self) -> None:
        self.link.released.append(self.number)


class Link:
    """One connection to the process, for batches. A lock keeps each batch and its answer together."""

    def __init__(self, path: Path) -> None:
        """Raises OSError if the process is not there."""
        self.released: deque[int] = deque()
        """Numbers of states that nobody refers to any more."""
        self._connection, self._lock = connect(path), threading.Lock()
        self._block: SharedBlock | None = None

    def infer(self, batch: Batch, states: Sequence[State]) -> Result:
        """Raises OSError or EOFError if the process is gone, BackendFailed if the batch failed."""
        keys = [self._key(state) for state in states]
        with self._lock:
            block = self._fitting(batch)
            samples, emotions = block.arrays(batch.samples.shape, batch.emotions.shape)
            samples[:], emotions[:] = batch.samples, batch.emotions
            released = [self.released.popleft() for _ in range(len(self.released))]
            shapes = batch.samples.shape, batch.emotions.shape
            self._connection.send(Infer(*shapes, batch.sample_rate, batch.with_phones, keys, released))
            answer: BatchAnswer | BatchFailed = self._connection.recv()
            if isinstance(answer, BatchFailed):
                raise BackendFailed(answer.message) if answer.message else RuntimeError("the batch failed there")
            (weights,) = block.arrays(answer.weights)
            return weights.copy(), [KeptState(self, answer.first_state + i) for i in range(len(states))]

    def close(self) -> None:
        """Ends the connection, and with it all states."""
        self._connection.close()
        self._block = None

    def _key(self, state: NewState | KeptState) -> StateKey:
        if isinstance(state, NewState):
            return STATE_OF_NEW, state.seed
        if state.link is not self:
            raise BackendFailed(GONE)  # the state went with a process that ended
        return state.number, 0

    def _fitting(self, batch: Batch) -> SharedBlock:
        """Returns a block that is large enough for the batch and its answer."""
        rows = prod(batch.emotions.shape[:2])
        needed = FLOAT * max(batch.samples.size + batch.emotions.size, rows * MOST_VALUES)
        if self._block is None or self._block.size < needed:
            with closing_descriptor(open_file(2 * needed)) as descriptor:
                self._block = SharedBlock(descriptor, 2 * needed)
                self._connection.send(NewBlock(self._block.size))
                send_handle(self._connection, descriptor, 0)
        return self._block


class SharedModel(Backend):
    """Runs batches in the process of the model, and reaches the next one when that has ended."""

    shared = True

    def __init__(self, path: Path) -> None:
        """`path`: the socket of the process, which runs. Raises ValueError if it cannot be reached."""
        self._path, self._closed = path, False
        self._connected = threading.Event()
        self._link: Link | None = None
        self._watching = threading.Thread(target=self._watch, name="a2f-model-watch", daemon=True)
        self._watching.start()
        if not self._connected.wait(START_S):
            raise ValueError("the process of the model cannot be reached")
        description: ModelDescription = self._ask(Describe())
        for name, value in description.items():
            setattr(self, name, value)
        self._layout = lru_cache(MOST_LAYOUTS)(lambda rate: self._ask(AskLayout(rate)))
        for rate in USUAL_RATES:
            self._layout(rate)  # now: later the event loop would wait for it

    @property
    def available(self) -> bool:
        return self._connected.is_set()

    def layout(self, sample_rate: int) -> Layout:
        found: Layout = self._layout(sample_rate)
        return found

    def initial_state(self, seed: int) -> NewState:
        return NewState(seed)

    def infer(self, batch: Batch, states: Sequence[State]) -> Result:
        """Raises BackendFailed if the process has ended, for states that it kept, and while it starts again."""
        try:
            return self._require_link().infer(batch, states)
        except (OSError, EOFError):
            raise BackendFailed(GONE) from None

    def close(self) -> None:
        """Ends the connections."""
        self._closed = True
        if self._link:
            self._link.close()

    def _ask(self, question: Any) -> Any:
        """Asks on a connection of its own: the other may wait for a batch. Raises BackendFailed without an answer."""
        with suppress(OSError, EOFError), connect(self._path) as connection:
            connection.send(question)
            if connection.poll(ANSWER_S):
                return connection.recv()
        raise BackendFailed(GONE)

    def _require_link(self) -> Link:
        if link := self._link:
            return link
        raise BackendFailed(GONE)

    def _watch(self) -> None:
        """Keeps a connection open on which nothing is ever sent: its end is that of the process."""
        while not self._closed:
            try:
                watched, self._link = connect(self._path), Link(self._path)
            except OSError:
                time.sleep(RETRY_S)
                continue
            self._connected.set()
            _wait_for_end(watched)
            self._connected.clear()
            self._link = None


def _wait_for_end(connection: Connection) -> None:
    try:
        connection.recv_bytes()
    except (OSError, EOFError):
        connection.close()
