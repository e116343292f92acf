"""Just enough of the protobuf wire format to walk through an ONNX file without loading it.

A message is a sequence of fields; a field is a key (its number and wire type) and a value.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

VARINT, EIGHT_BYTES, LENGTH_DELIMITED, FOUR_BYTES = 0, 1, 2, 5
"""Wire types."""
FIXED_SIZES = {EIGHT_BYTES: 8, FOUR_BYTES: 4}
"""Bytes of a value, by its wire type."""


class Field(NamedTuple):
    """Positions of a field in a message: its key at `begin`, its value from `value` to `end`."""

    number: int
    begin: int
    value: int
    end: int
    """Beyond the end of the message if that is truncated."""


def fields(message: BinaryIO, size: int) -> Iterator[Field]:
    """Yields the top-level fields of a message, which ends at `size`, without reading their values.

    Raises ValueError if this is not protobuf, or if the message ends within a key or a length.
    """
    while (begin := message.tell()) < size:
        key = read_varint(message)
        number, wire_type = key >> 3, key & 7
        value = message.tell()
        length = FIXED_SIZES.get(wire_type, 0)
        if wire_type == LENGTH_DELIMITED:
            length = read_varint(message)
            value = message.tell()
        elif wire_type == VARINT:
            read_varint(message)
            length = message.tell() - value
        if not number or wire_type not in {VARINT, LENGTH_DELIMITED, *FIXED_SIZES}:
            raise ValueError(f"field {number} of wire type {wire_type} is not protobuf")
        message.seek(value + length, os.SEEK_SET)
        yield Field(number, begin, value, value + length)


def read_varint(message: BinaryIO) -> int:
    """Reads an integer of variable length. Raises ValueError if the message ends within it, or it is too long."""
    value = 0
    for shift in range(0, 64, 7):
        byte = message.read(1)
        if not byte:
            raise ValueError("the message ends within a number")
        value |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return value
    raise ValueError("a number is longer than ten bytes")


def varint(value: int) -> bytes:
    """Writes an integer of variable length."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number: int, value: bytes) -> bytes:
    """Writes a length-delimited field."""
    return header(number, len(value)) + value


def header(number: int, size: int) -> bytes:
    """Writes what precedes the value of a length-delimited field."""
    return varint(number << 3 | LENGTH_DELIMITED) + varint(size)
