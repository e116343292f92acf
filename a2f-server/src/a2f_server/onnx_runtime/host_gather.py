"""State between calls, for small states (4 KB per stream for v3.0): on the device while the same streams stay together.

A call leaves the states of its batch on the device as one block. If the next call has the same streams in the same
order, the block is its input as it is. Otherwise the rows are gathered on the host, which for small states is cheaper
than gathering them on the device. Rows are immutable; reusing one gives the same result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from a2f_server.arrays import Float32Array
from a2f_server.onnx_runtime.session import DeviceArray


@dataclass(frozen=True, eq=False)
class StateBlock:
    """The states after a call, on the device: one row per position of its batch, padding included."""

    value: DeviceArray
    axis: int
    """The batch axis of the value."""

    def rows(self, count: int) -> list[StateRow]:
        """Returns the first `count` rows, those of streams; the rows after them are padding."""
        return [StateRow(self, index) for index in range(count)]

    @cached_property
    def host(self) -> Float32Array:
        """The block on the host, batch axis first. Copied once, however many of its rows are gathered."""
        copied: Float32Array = self.value.numpy()
        return np.moveaxis(copied, self.axis, 0)


@dataclass(frozen=True, eq=False, slots=True)
class StateRow:
    """One stream's state: a row of a block."""

    block: StateBlock
    index: int


def gather(rows: Sequence[StateRow | None], shape: tuple[int, ...], axis: int) -> DeviceArray | Float32Array:
    """Returns these rows as one array of this shape: their block if they are all of it, else a copy on the host.

    None stands for zeros; positions beyond the rows are zeros or left-over padding.
    """
    block = rows[0].block if rows[0] else None
    if block and tuple(block.value.shape()) == shape and all(_is_row(row, block, i) for i, row in enumerate(rows)):
        return block.value
    whole = np.zeros(shape, np.float32)
    first = np.moveaxis(whole, axis, 0)
    for target, row in zip(first, rows, strict=False):
        if row:
            target[...] = row.block.host[row.index]
    return whole


def _is_row(row: StateRow | None, block: StateBlock, index: int) -> bool:
    return row is not None and row.block is block and row.index == index
