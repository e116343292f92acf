"""Keeps the bytes of a video in unnamed temporary files, up to a limit."""

from __future__ import annotations

import os
import weakref
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO


class Volume:
    """One file. It is deleted when it is closed or no longer referenced."""

    def __init__(self) -> None:
        self._file: IO[bytes] = TemporaryFile(buffering=0)  # noqa: SIM115 - it lives as long as this
        self._end = weakref.finalize(self, self._file.close)
        self.size = 0

    @property
    def closed(self) -> bool:
        """True once its bytes are gone."""
        return self._file.closed

    def append(self, data: bytes) -> int:
        """Writes bytes and returns their offset. Raises OSError, such as for a full disk."""
        at = self.size
        rest = memoryview(data)
        while rest:
            rest = rest[os.pwrite(self._file.fileno(), rest, self.size) :]
            self.size = at + len(data) - len(rest)
        return at

    def read(self, at: int, size: int) -> bytes:
        """Returns bytes; raises ValueError once it is closed. Any thread may call it."""
        return os.pread(self._file.fileno(), size, at)

    def close(self) -> None:
        """Frees the bytes."""
        self._end()


@dataclass(frozen=True, slots=True)
class Stored:
    """The location of bytes."""

    volume: Volume
    at: int
    size: int

    def read(self) -> bytes:
        """Returns the bytes. Raises ValueError if they were dropped."""
        return self.volume.read(self.at, self.size)


class Spool:
    """Two files of at most half the limit each: when the newer one is full, the older one is dropped."""

    def __init__(self, limit: int) -> None:
        self._half = limit // 2
        self._volumes: list[Volume] = []

    def append(self, data: bytes) -> Stored:
        """Stores bytes. Raises OSError, such as for a full disk."""
        if not self._volumes or self._volumes[-1].size + len(data) > self._half:
            for old in self._volumes[:-1]:
                old.close()
            self._volumes = [*self._volumes[-1:], Volume()]
        volume = self._volumes[-1]
        return Stored(volume, volume.append(data), len(data))

    def close(self) -> None:
        """Drops everything. May be called twice."""
        for volume in self._volumes:
            volume.close()
        self._volumes = []
