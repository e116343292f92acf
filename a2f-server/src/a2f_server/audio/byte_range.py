"""A range of a file in memory, read in place like a file of its own."""

from __future__ import annotations

import io
from typing import Any

FileBytes = bytes | bytearray
"""The content of a file."""


class ByteRange(io.RawIOBase):
    """`head`, followed by bytes `start` … `stop` − 1 of a file, without a copy.

    Every read is filled unless the range ends: libsndfile takes a short one for the end.
    """

    def __init__(self, data: FileBytes, start: int, stop: int, head: bytes = b"") -> None:
        self._parts = memoryview(head), memoryview(data)[start:stop]
        self._start = start
        self._at = 0

    @property
    def reached(self) -> int:
        """The offset in the file of the next byte."""
        return self._start + max(0, self._at - len(self._parts[0]))

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def tell(self) -> int:
        """Returns the position of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Moves to an offset from the start, the position or the end; returns the new position."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: sum(map(len, self._parts))}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fills the buffer; returns the bytes read."""
        out, filled = memoryview(buffer).cast("B"), 0
        head, view = self._parts
        for part, at in ((head, self._at), (view, max(0, self._at - len(head)))):
            piece = part[at : at + len(out) - filled]
            out[filled : filled + len(piece)] = piece
            filled += len(piece)
        self._at += filled
        return filled
