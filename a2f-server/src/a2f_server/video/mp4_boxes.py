"""Splits a muxer's output into the header of an MP4 and its fragments."""

from __future__ import annotations

from collections.abc import Callable

_SIZE, _NAME = slice(0, 4), slice(4, 8)


class FragmentSink:
    """A write-only file for a muxer of fragmented MP4, without seeking.

    `header` is complete before the first fragment. Each fragment (`moof` and `mdat`) is passed on once complete.
    """

    def __init__(self, on_fragment: Callable[[bytes], None]) -> None:
        self.header = b""
        self._on_fragment = on_fragment
        self._rest = bytearray()
        self._moof = b""

    def write(self, data: bytes) -> int:
        """Takes bytes from the muxer."""
        self._rest += data
        while len(self._rest) >= 8 and len(self._rest) >= (size := int.from_bytes(self._rest[_SIZE], "big")):
            box = bytes(self._rest[:size])
            del self._rest[:size]
            self._take(box)
        return len(data)

    def _take(self, box: bytes) -> None:
        name = box[_NAME]
        if name in (b"ftyp", b"moov"):
            self.header += box
        elif name == b"moof":
            self._moof = box
        elif name == b"mdat":
            self._on_fragment(self._moof + box)
