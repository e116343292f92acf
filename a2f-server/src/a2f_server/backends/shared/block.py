"""Memory that two processes share, for the arrays of their messages."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import prod
from tempfile import TemporaryFile

import numpy as np

from a2f_server.arrays import Float32Array

FLOAT = 4
"""Bytes of a value."""


class SharedBlock:
    """A mapped file without a name: it ends with the last object, in any process, that maps it."""

    def __init__(self, descriptor: int, size: int) -> None:
        """Maps an open file of this size, whose descriptor may be closed afterwards."""
        self.size = size
        self._map = mmap.mmap(descriptor, size)

    def arrays(self, *shapes: Sequence[int]) -> list[Float32Array]:
        """Returns views of float32 arrays with these shapes, one after another from the beginning of the block."""
        views, start = [], 0
        for shape in shapes:
            views.append(np.frombuffer(self._map, np.float32, prod(shape), start).reshape(shape))
            start += FLOAT * prod(shape)
        return views


@contextmanager
def closing_descriptor(descriptor: int) -> Iterator[int]:
    """Closes the descriptor in the end."""
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def open_file(size: int) -> int:
    """Returns the descriptor of a file with as many zeros: in memory on Linux, whatever the size of its /dev/shm."""
    descriptor = _open()
    os.ftruncate(descriptor, size)
    return descriptor


def _open() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("a2f-block")
    with TemporaryFile() as file:
        return os.dup(file.fileno())
