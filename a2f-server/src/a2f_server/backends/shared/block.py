"""Memory that two processes share, for the arrays of their messages."""

from __future__ import annotations

import mmap
import os
from collections.abc import Sequence
from math import prod
from tempfile import TemporaryFile
from typing import Self

import numpy as np

from a2f_server.arrays import Float32Array

FLOAT = 4
"""Bytes of a value."""


class SharedBlock:
    """A mapped file without a name: it ends with the processes that have it open."""

    def __init__(self, descriptor: int, size: int) -> None:
        """Maps an open file of this size; takes the descriptor over."""
        self.descriptor, self.size = descriptor, size
        self._map = mmap.mmap(descriptor, size)

    @classmethod
    def create(cls, size: int) -> Self:
        """Creates a block of this many bytes."""
        descriptor = _open()
        os.ftruncate(descriptor, size)
        return cls(descriptor, size)

    def arrays(self, *shapes: Sequence[int]) -> list[Float32Array]:
        """Returns views of float32 arrays with these shapes, one after another from the beginning of the block."""
        views, start = [], 0
        for shape in shapes:
            views.append(np.frombuffer(self._map, np.float32, prod(shape), start).reshape(shape))
            start += FLOAT * prod(shape)
        return views

    def close(self) -> None:
        """Closes the descriptor. The memory stays mapped while an array is in use."""
        os.close(self.descriptor)


def _open() -> int:
    """Returns the descriptor of an empty file: in memory on Linux, whatever the size of its /dev/shm."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("a2f-block")
    with TemporaryFile() as file:
        return os.dup(file.fileno())
