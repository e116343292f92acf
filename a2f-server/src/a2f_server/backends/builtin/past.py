"""The inputs that the network's layers take from earlier steps.

A layer with a delay of d steps needs its own input of d steps ago. An utterance's state is, for each delay, the last d
rows of inputs of the layers that have it. PastRows are immutable: a step appends one and drops one, and moves none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from a2f_server.arrays import Float32Array
from a2f_server.onnx_runtime.session import Session

PastRows = tuple[Float32Array, ...]
"""The last rows of one delay, the oldest first."""
PastState = tuple[PastRows, ...]
"""One utterance's rows, by delay."""
FEATURES = "features"
"""The input of the graph with the rows of the first layer, which needs all of them."""


@dataclass(frozen=True)
class _Delay:
    """One delay: the graph's input, the number of rows, and their columns in the graph's output `inputs`."""

    name: str
    rows: int
    columns: slice
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
            rows, width = int(inputs[name][1]) if name == FEATURES else _delay_of(name), session.width(name)
            self._delays.append(_Delay(name, rows, slice(at, at + width), whole=name == FEATURES))
            at += width

    def silence(self) -> PastState:
        """Returns the state after silence."""
        return tuple((_zeros(d.columns.stop - d.columns.start),) * d.rows for d in self._delays)

    def gather(self, states: Sequence[PastState], steps: int) -> dict[str, Float32Array]:
        """Returns the graph's inputs for that many steps of these utterances."""
        return {
            delay.name: _stacked([rows[: delay.count(steps)] for rows in column])
            for delay, column in zip(self._delays, zip(*states, strict=True), strict=True)
        }

    def after(self, states: Sequence[PastState], inputs: Float32Array) -> list[PastState]:
        """Returns the new states, from the graph's output `inputs` `[B, T, all columns]`."""
        return [
            tuple(
                _appended(rows, own[-d.rows :, d.columns], d.rows) for d, rows in zip(self._delays, state, strict=True)
            )
            for state, own in zip(states, inputs, strict=True)
        ]


def _delay_of(name: str) -> int:
    return int(re.sub(r"\D", "", name))


def _zeros(width: int) -> Float32Array:
    zeros = np.zeros(width, np.float32)
    zeros.flags.writeable = False
    return zeros


def _stacked(rows: Sequence[PastRows]) -> Float32Array:
    """Returns `[B, P, width]`. Much faster than np.stack for many small rows."""
    flat: Float32Array = np.concatenate([row for own in rows for row in own])
    return flat.reshape(len(rows), len(rows[0]), -1)


def _appended(rows: PastRows, new: Float32Array, most: int) -> PastRows:
    """Copies the new rows: a view would keep those of the whole batch in memory for one stream that pauses."""
    return (*rows, *(row.copy() for row in new))[-most:]
