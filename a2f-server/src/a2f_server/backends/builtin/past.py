"""The inputs that the network's layers take from earlier steps.

A layer with a delay of d steps needs its own input of d steps ago. An utterance's state is, for each delay, the last d
rows of inputs of the layers that have it. PastRows are immutable: a step appends one and drops one, and moves none.
Rows are bytes, since numpy takes several times as long to copy or join many small pieces.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from a2f_server.arrays import Float32Array
from a2f_server.onnx_runtime.session import Session

PastRows = tuple[bytes, ...]
"""The last rows of one delay, the oldest first: float32 numbers."""
PastState = tuple[PastRows, ...]
"""One utterance's rows, by delay."""
FEATURES = "features"
"""The input of the graph with the rows of the first layer, which needs all of them."""
_FLOAT = np.dtype(np.float32)


@dataclass(frozen=True)
class _Delay:
    """One delay: the graph's input, the number of rows, and where they are in a step's bytes of the output `inputs`."""

    name: str
    rows: int
    start: int
    stop: int
    whole: bool

    def count(self, steps: int) -> int:
        """Returns how many rows the graph takes for that many steps."""
        return self.rows if self.whole else min(self.rows, steps)


class Past:
    """Hands the graph its past, and keeps what it needs later."""

    def __init__(self, session: Session) -> None:
        self._delays: list[_Delay] = []
        inputs, _ = session.shapes()
        at = 0
        for name in [FEATURES, *sorted((n for n in inputs if n.startswith("past")), key=_delay_of)]:
            rows, size = (
                int(inputs[name][1]) if name == FEATURES else _delay_of(name),
                session.width(name) * _FLOAT.itemsize,
            )
            self._delays.append(_Delay(name, rows, at, at + size, whole=name == FEATURES))
            at += size
        self._most = max(delay.rows for delay in self._delays)

    def silence(self) -> PastState:
        """Returns the state after silence."""
        return tuple((bytes(d.stop - d.start),) * d.rows for d in self._delays)

    def gather(self, states: Sequence[PastState], steps: int) -> dict[str, Float32Array]:
        """Returns the graph's inputs for that many steps of these utterances."""
        return {
            delay.name: _stacked([rows[: delay.count(steps)] for rows in column])
            for delay, column in zip(self._delays, zip(*states, strict=True), strict=True)
        }

    def after(self, states: Sequence[PastState], inputs: Float32Array) -> list[PastState]:
        """Returns the new states, from the graph's output `inputs` `[B, T, all columns]`."""
        inputs = inputs[:, -self._most :]
        utterances, steps, width = inputs.shape
        data = inputs.tobytes()
        starts = range(0, len(data), width * _FLOAT.itemsize)
        return [self._moved(states[i], data, starts[i * steps : (i + 1) * steps]) for i in range(utterances)]

    def _moved(self, state: PastState, data: bytes, starts: range) -> PastState:
        """Returns the state after the steps that begin at `starts` in the data. Slices are copies of their own: a view
        would keep the steps of the whole batch in memory for one stream that pauses."""
        return tuple(
            (*rows, *[data[at + d.start : at + d.stop] for at in starts[-d.rows :]])[-d.rows :]
            for d, rows in zip(self._delays, state, strict=True)
        )


def _delay_of(name: str) -> int:
    return int(re.sub(r"\D", "", name))


def _stacked(rows: Sequence[PastRows]) -> Float32Array:
    """Returns `[B, P, width]`."""
    data = b"".join([row for own in rows for row in own])
    return np.frombuffer(data, _FLOAT).reshape(len(rows), len(rows[0]), -1)
