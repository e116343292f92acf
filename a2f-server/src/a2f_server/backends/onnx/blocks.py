"""What voices remember between calls, where it stays on the device: rows of the block that one call gave.

A row is a value. Who hands it in twice gets the same twice, and nobody writes into a block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from a2f_server.backends.onnx.session import Floats, Value


@dataclass(frozen=True, eq=False)
class Block:
    """A call's memories on the device, a row for each place of its batch."""

    value: Value
    axis: int
    """Which axis of the value goes through the batch."""

    def rows(self, count: int) -> list[Row]:
        """Its first rows: those of voices. What a batch was padded with is behind them."""
        return [Row(self, index) for index in range(count)]

    @cached_property
    def host(self) -> Floats:
        """The block on the host, the batch's axis first: copied once, however many of its rows part."""
        copied: Floats = self.value.numpy()
        return np.moveaxis(copied, self.axis, 0)


@dataclass(frozen=True, eq=False, slots=True)
class Row:
    """One voice's memory."""

    block: Block
    index: int


def joined(rows: Sequence[Row | None], shape: tuple[int, ...], axis: int) -> Value | Floats:
    """These rows as one array of this shape; None and what is left of its batch axis are zeros.

    Voices that go on together in the same order cost nothing: their block is the array. Others meet on the host.
    """
    block = rows[0].block if rows[0] else None
    if block and tuple(block.value.shape()) == shape and all(_at(row, block, i) for i, row in enumerate(rows)):
        return block.value
    whole = np.zeros(shape, np.float32)
    first = np.moveaxis(whole, axis, 0)
    for place, row in zip(first, rows, strict=False):
        if row:
            place[...] = row.block.host[row.index]
    return whole


def _at(row: Row | None, block: Block, index: int) -> bool:
    return row is not None and row.block is block and row.index == index
