"""Memories of voices that come from different calls, side by side without leaving the device.

Live voices speak when they speak: whoever is due together was with others a moment ago. To bring their memories over
the host, 42 KB a voice and step for the built-in model, would keep a GPU waiting. So the rows that a batch takes of one
block are copied on the device to their place in one array, block after block, and the batch is put into that order.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from a2f_server.backends.onnx.session import Floats, Place, Session, Value, View

GATHERING = Path(__file__).with_name("gathering.onnx")
"""tools/graphs writes it: block [N, S], index [k] → rows [k, S]."""
BLOCKS = 32
"""That stay on the device. Voices that have not spoken since keep their rows on the host, and no block of a crowd."""
Order = NDArray[np.int64]


class Shelf:
    """A call's memories on the device, `[N, S]`, for as long as one of its rows is used."""

    def __init__(self, value: Value) -> None:
        self.value = value
        self.rows: list[weakref.ref[Remembered]] = []

    def leave(self) -> None:
        """Makes room on the device: the rows that somebody still has go to the host."""
        host = self.value.numpy()
        for row in (one for ref in self.rows if (one := ref())):
            row.shelf, row.own = None, host[row.index].copy()


class Remembered:
    """One voice's memory, a value: on a shelf of the device, or of its own on the host."""

    __slots__ = ("__weakref__", "index", "own", "shelf")

    def __init__(self, shelf: Shelf, index: int) -> None:
        self.shelf: Shelf | None = shelf
        self.index = index
        self.own: Floats | None = None


class Joiner:
    """Joins memories of `width` numbers. One thread at a time."""

    def __init__(self, place: Place, width: int) -> None:
        self._session = Session(GATHERING.read_bytes(), place)
        self._nothing: Floats = np.zeros(width, np.float32)
        self._shelves: list[weakref.ref[Shelf]] = []

    def room(self, rows: int) -> View:
        """Where a call writes what its voices remember."""
        shape = (rows, len(self._nothing))
        return View(self._session.room(shape), shape)

    def joined(self, memories: Sequence[Remembered | None]) -> tuple[Value | Floats, Order]:
        """One array `[B, S]`, and which memory each of its rows is; None is zeros."""
        groups = self._groups(memories)
        order = np.array([place for places, _, _ in groups for place in places], np.int64)
        _, source, index = groups[0]
        if len(groups) == 1 and not isinstance(source, np.ndarray) and _whole(source, index):
            return source, order
        # the first run makes room for all; the others write behind its rows
        room = np.concatenate([index, np.full(len(memories) - len(index), index[0])])
        whole = self._session.bound({"block": source, "index": room}, kept=["rows"])["rows"]
        begin = len(index)
        for _, source, index in groups[1:]:
            width = len(self._nothing)
            place = View(whole, (len(index), width), begin * width)
            self._session.bound({"block": source, "index": index}, into={"rows": place})
            begin += len(index)
        return whole, order

    def shelved(self, value: Value, order: Order) -> list[Remembered]:
        """The rows of what a call gave, in the order of the memories that it took."""
        shelf = Shelf(value)
        rows = [Remembered(shelf, index) for index in np.argsort(order).tolist()]
        shelf.rows = [weakref.ref(row) for row in rows]
        self._shelves = [ref for ref in self._shelves if ref() is not None] + [weakref.ref(shelf)]
        while len(self._shelves) > BLOCKS:
            oldest = self._shelves.pop(0)()
            if oldest is not None:
                oldest.leave()
        return rows

    def _groups(self, memories: Sequence[Remembered | None]) -> list[tuple[list[int], Any, Order]]:
        """By where they come from: which memories these are, the array that they lie in, and where in it."""
        shelves: dict[Shelf, list[int]] = {}
        host: list[int] = []
        for place, memory in enumerate(memories):
            if memory is not None and memory.shelf is not None:
                shelves.setdefault(memory.shelf, []).append(place)
            else:
                host.append(place)
        groups = [
            (places, shelf.value, np.array([_index(memories[p]) for p in places], np.int64))
            for shelf, places in shelves.items()
        ]
        if host:
            owns = [self._nothing if (one := memories[p]) is None or one.own is None else one.own for p in host]
            groups.append((host, np.stack(owns), np.arange(len(host), dtype=np.int64)))
        return groups


def _index(memory: Remembered | None) -> int:
    assert memory is not None
    return memory.index


def _whole(value: Value, index: Order) -> bool:
    """Whether these are all rows of a block in their order."""
    return len(index) == value.shape()[0] and bool((index == np.arange(len(index))).all())
