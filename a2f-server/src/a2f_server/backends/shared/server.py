"""Runs a backend for other processes: what several of them ask for at the same time becomes one batch."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import recv_handle
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from a2f_server.arrays import Float32Array
from a2f_server.backends.contract import Backend, Batch, Result, State
from a2f_server.backends.shared.block import SharedBlock, closing_descriptor
from a2f_server.backends.shared.messages import (
    DESCRIBED,
    STATE_OF_NEW,
    AskLayout,
    BatchAnswer,
    BatchFailed,
    Describe,
    Infer,
    NewBlock,
    StateKey,
)
from a2f_server.errors import A2FError

log = structlog.get_logger(__name__)

BACKLOG = 512


@dataclass(eq=False)
class ModelClient:
    """A process that asks, its block, and the states of its utterances."""

    connection: Connection
    block: SharedBlock | None = None
    states: dict[int, State] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def keep(self, states: Sequence[State]) -> int:
        """Keeps new states; returns the number of the first one. The others follow."""
        numbers = [next(self.numbers) for _ in states]
        self.states.update(zip(numbers, states, strict=True))
        return numbers[0]

    def close(self) -> None:
        """Frees everything."""
        self.connection.close()
        self.block = None
        self.states.clear()


BatchRequest = tuple[ModelClient, Infer]


class ModelServer:
    """Answers one message after another, on one thread."""

    def __init__(self, backend: Backend, path: Path) -> None:
        """Listens on the Unix socket `path`, in place of a server that was there before."""
        self._backend = backend
        path.unlink(missing_ok=True)
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen(BACKLOG)
        self._clients: dict[Connection, ModelClient] = {}

    @property
    def needed(self) -> bool:
        """True while another process is connected."""
        return bool(self._clients)

    def run(self, stopped: Callable[[], bool], wake: int) -> None:
        """Serves until `stopped` returns True. `wake`: a pipe that becomes readable when that may have changed."""
        while not stopped():
            ready = wait([wake, self._listening, *self._clients])
            if wake in ready:
                os.read(wake, 64)
            if self._listening in ready:
                self._accept()
            self._answer([r for one in ready if isinstance(one, Connection) for r in self._receive(self._clients[one])])
        for client in self._clients.values():
            client.close()
        self._listening.close()

    def _accept(self) -> None:
        connection = Connection(self._listening.accept()[0].detach())
        self._clients[connection] = ModelClient(connection)

    def _receive(self, client: ModelClient) -> list[BatchRequest]:
        """Reads one message; returns it if it is a batch."""
        try:
            message = client.connection.recv()
            if isinstance(message, Infer):
                return [(client, message)]
            self._reply(client, message)
        except (OSError, EOFError):
            self._drop(client)
        return []

    def _reply(self, client: ModelClient, message: Any) -> None:
        if isinstance(message, NewBlock):
            with closing_descriptor(recv_handle(client.connection)) as descriptor:
                client.block = SharedBlock(descriptor, message.size)
        elif isinstance(message, AskLayout):
            client.connection.send(self._backend.layout(message.sample_rate))
        elif isinstance(message, Describe):
            client.connection.send({name: getattr(self._backend, name) for name in DESCRIBED})

    def _drop(self, client: ModelClient) -> None:
        """Frees what a process had that is gone."""
        self._clients.pop(client.connection, None)
        client.close()

    def _answer(self, requests: list[BatchRequest]) -> None:
        for client, request in requests:
            for number in request.released:
                client.states.pop(number, None)
        for group in self._groups(requests):
            self._infer(group)

    def _groups(self, requests: list[BatchRequest]) -> list[list[BatchRequest]]:
        """Puts together what one call can take."""
        groups: dict[Hashable, list[BatchRequest]] = {}
        for client, request in requests:
            kind = (request.samples[1:], request.emotions[1:], request.sample_rate, request.with_phones)
            groups.setdefault(kind, []).append((client, request))
        return [part for group in groups.values() for part in self._parts(group)]

    def _parts(self, group: list[BatchRequest]) -> list[list[BatchRequest]]:
        parts: list[list[BatchRequest]] = []
        windows = self._backend.max_batch
        for client, request in group:
            size = request.samples[0] * request.samples[1]
            if windows + size > self._backend.max_batch or not parts:
                parts.append([])
                windows = 0
            parts[-1].append((client, request))
            windows += size
        return parts

    def _infer(self, group: list[BatchRequest]) -> None:
        """Makes one call. If it raises, each process is asked alone; the one at fault receives the error."""
        try:
            weights, states = self._call(group)
        except Exception as error:
            if len(group) > 1:
                for one in group:
                    self._infer([one])
                return None
            return self._send(group[0][0], _failed(error))
        start = 0
        for client, request in group:
            stop = start + request.samples[0]
            self._deliver(client, weights[start:stop], states[start:stop])
            start = stop

    def _call(self, group: list[BatchRequest]) -> Result:
        samples, emotions = zip(*(_arrays(client, request) for client, request in group), strict=True)
        states = [self._state(client, key) for client, request in group for key in request.states]
        _, first = group[0]
        batch = Batch(_joined(samples), _joined(emotions), first.sample_rate, first.with_phones)
        return self._backend.infer(batch, states)

    def _state(self, client: ModelClient, key: StateKey) -> State:
        number, seed = key
        return self._backend.initial_state(seed) if number == STATE_OF_NEW else client.states[number]

    def _deliver(self, client: ModelClient, weights: Float32Array, states: Sequence[State]) -> None:
        assert client.block
        (place,) = client.block.arrays(weights.shape)
        place[:] = weights
        self._send(client, BatchAnswer(weights.shape, client.keep(states)))

    def _send(self, client: ModelClient, message: BatchAnswer | BatchFailed) -> None:
        try:
            client.connection.send(message)
        except OSError:
            self._drop(client)


def _arrays(client: ModelClient, request: Infer) -> tuple[Float32Array, Float32Array]:
    assert client.block
    samples, emotions = client.block.arrays(request.samples, request.emotions)
    return samples, emotions


def _joined(arrays: Sequence[Float32Array]) -> Float32Array:
    """Returns one array in the memory of this process: the block is overwritten by the answer."""
    return np.concatenate(arrays)


def _failed(error: Exception) -> BatchFailed:
    if isinstance(error, A2FError):
        return BatchFailed(error.message)
    log.error("the backend raised", exc_info=error)
    return BatchFailed("")
