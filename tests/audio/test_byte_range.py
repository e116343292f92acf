"""A range of bytes reads like a file."""

from __future__ import annotations

import io

import pytest

from a2f_server.audio.byte_range import ByteRange

DATA = bytes(range(100))


def test_it_reads_its_range() -> None:
    source = ByteRange(DATA, 10, 20)
    assert (source.read(4), source.tell(), source.read(), source.read()) == (DATA[10:14], 4, DATA[14:20], b"")
    assert source.reached == 20


@pytest.mark.parametrize(("at", "size"), [(0, 3), (0, 8), (3, 4), (4, 2), (6, 9), (0, 99)])
def test_its_head_comes_first(at: int, size: int) -> None:
    whole = b"HEAD!" + DATA[15:30]
    source = ByteRange(bytearray(DATA), 15, 30, b"HEAD!")
    source.seek(at)
    assert source.read(size) == whole[at : at + size]


def test_the_head_is_not_counted_in_what_was_reached() -> None:
    source = ByteRange(DATA, 15, 30, b"HEAD!")
    source.read(3)
    assert source.reached == 15
    source.read(3)
    assert source.reached == 16


def test_seeking() -> None:
    source = ByteRange(DATA, 10, 20)
    assert [source.seek(3), source.seek(2, io.SEEK_CUR), source.seek(-1, io.SEEK_END), source.seek(-99)] == [3, 5, 9, 0]
    assert source.seek(50) == 50
    assert source.read(1) == b""
    assert source.readable()
    assert source.seekable()
