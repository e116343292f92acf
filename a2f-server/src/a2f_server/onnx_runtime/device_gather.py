"""State between calls, for large states (42 KB per stream and step for the built-in model): gathered on the device.

Live streams are rarely due together twice: each call has a different set of them. Moving their states over the host
would keep a GPU waiting. The rows that a batch needs from one block are therefore copied on the device into one array,
block after block, and the batch takes that order. `host_gather.py` is the simpler mechanism for small states.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from a2f_server.arrays import Float32Array, Int64Array
from a2f_server.onnx_runtime.session import DeviceArray, DeviceKind, DeviceSlice, Session

GATHER_GRAPH = Path(__file__).with_name("gather.onnx")
"""Written by tools/onnx_graphs: block [N, S], index [k] → rows [k, S]."""
MAX_BLOCKS = 32
"""Blocks that stay on the device. Older states move to the host, or a paused stream would keep a whole block alive."""

RowGroup = tuple[list[int], DeviceArray | Float32Array, Int64Array]
"""Positions in the batch, the array that holds their states, and the rows of that array."""


class DeviceBlock:
    """The states after a call, `[N, S]` on the device. Freed when none of its rows is used any more."""

    def __init__(self, value: DeviceArray) -> None:
        self.value = value
        self.rows: list[weakref.ref[DeviceState]] = []

    def evict(self) -> None:
        """Moves the rows that are still used to the host."""
        host = self.value.numpy()
        for row in (one for ref in self.rows if (one := ref())):
            row.block, row.on_host = None, host[row.index].copy()


class DeviceState:
    """One stream's state, immutable: a row of a block on the device, or evicted to the host."""

    __slots__ = ("__weakref__", "block", "index", "on_host")

    def __init__(self, block: DeviceBlock, index: int) -> None:
        self.block: DeviceBlock | None = block
        self.index = index
        self.on_host: Float32Array | None = None


class DeviceGather:
    """Gathers states of `width` numbers. Not thread-safe."""

    def __init__(self, device_kind: DeviceKind, width: int) -> None:
        self._session = Session(GATHER_GRAPH.read_bytes(), device_kind)
        self._zeros: Float32Array = np.zeros(width, np.float32)
        self._blocks: list[weakref.ref[DeviceBlock]] = []

    def allocate(self, rows: int) -> DeviceSlice:
        """Allocates the output array for the states after a call."""
        shape = (rows, len(self._zeros))
        return DeviceSlice(self._session.allocate(shape), shape)

    def gather(self, states: Sequence[DeviceState | None]) -> tuple[DeviceArray | Float32Array, Int64Array]:
        """Returns one array `[B, S]`, and for each of its rows the position in `states`. None stands for zeros."""
        groups = self._groups(states)
        order = np.array([position for positions, _, _ in groups for position in positions], np.int64)
        _, source, index = groups[0]
        if len(groups) == 1 and not isinstance(source, np.ndarray) and _is_whole(source, index):
            return source, order
        return self._copied(groups, len(states)), order

    def store(self, value: DeviceArray, order: Int64Array) -> list[DeviceState]:
        """Returns the rows of a call's output, in the order of the states that `gather` was given."""
        block = DeviceBlock(value)
        rows = [DeviceState(block, index) for index in np.argsort(order).tolist()]
        block.rows = [weakref.ref(row) for row in rows]
        self._blocks = [ref for ref in self._blocks if ref() is not None] + [weakref.ref(block)]
        while len(self._blocks) > MAX_BLOCKS:
            oldest = self._blocks.pop(0)()
            if oldest is not None:
                oldest.evict()
        return rows

    def _copied(self, groups: Sequence[RowGroup], count: int) -> DeviceArray:
        """Copies all groups into one array on the device."""
        _, source, index = groups[0]
        # the first run allocates all rows; the others write behind its own
        padded = np.concatenate([index, np.full(count - len(index), index[0])])
        whole = self._session.run_on_device({"block": source, "index": padded}, keep=["rows"])["rows"]
        begin, width = len(index), len(self._zeros)
        for _, source, index in groups[1:]:
            target = DeviceSlice(whole, (len(index), width), begin * width)
            self._session.run_on_device({"block": source, "index": index}, into={"rows": target})
            begin += len(index)
        return whole

    def _groups(self, states: Sequence[DeviceState | None]) -> list[RowGroup]:
        """Groups the states by the array that holds them; those on the host, and None, come last."""
        blocks: dict[DeviceBlock, list[int]] = {}
        host: list[int] = []
        for position, state in enumerate(states):
            if state is not None and state.block is not None:
                blocks.setdefault(state.block, []).append(position)
            else:
                host.append(position)
        groups: list[RowGroup] = [
            (positions, block.value, np.array([_index(states[p]) for p in positions], np.int64))
            for block, positions in blocks.items()
        ]
        if host:
            stacked = np.stack([self._host_row(states[p]) for p in host])
            groups.append((host, stacked, np.arange(len(host), dtype=np.int64)))
        return groups

    def _host_row(self, state: DeviceState | None) -> Float32Array:
        return self._zeros if state is None or state.on_host is None else state.on_host


def _index(state: DeviceState | None) -> int:
    assert state is not None
    return state.index


def _is_whole(value: DeviceArray, index: Int64Array) -> bool:
    """Returns whether these are all rows of a block, in order."""
    return len(index) == value.shape()[0] and bool((index == np.arange(len(index))).all())
