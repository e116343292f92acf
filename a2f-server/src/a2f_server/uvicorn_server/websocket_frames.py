"""Frames of the WebSocket protocol (RFC 6455, 5.2), without extensions."""

from __future__ import annotations

import struct

try:
    from websockets.speedups import apply_mask
except ImportError:
    from websockets.utils import apply_mask

TEXT, BINARY = 0x81, 0x82
"""First bytes of a final frame."""
PING, CONTROL, FINAL = 0x9, 0x8, 0x80
"""Opcode of a ping, the bit of all control opcodes, and the bit of a message's last frame."""
_MASKED = 0x80


class FrameTooLarge(Exception):
    """A frame is larger than allowed."""


def make(message: bytes | str) -> bytes:
    """Returns a server's frame: final, not masked."""
    data = message.encode() if isinstance(message, str) else message
    first, size = (TEXT if isinstance(message, str) else BINARY), len(data)
    if size < 126:
        head = struct.pack("!BB", first, size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", first, 126, size)
    else:
        head = struct.pack("!BBQ", first, 127, size)
    return head + data


def is_masked(data: bytes | bytearray, at: int) -> bool:
    """Returns whether the frame at `at` is masked, as a client's must be."""
    return bool(data[at + 1] & _MASKED)


def end(data: bytes | bytearray, at: int, most: int) -> int | None:
    """Returns the end of a client's frame at `at`, None if it is incomplete; that of `data` if it is not masked.

    Raises FrameTooLarge if its payload is larger than `most` bytes.
    """
    have = len(data) - at
    if have < 2:
        return None
    second = data[at + 1]
    if not second & _MASKED:
        return len(data)  # an error, whatever its size says
    size, head = second & 0x7F, 2
    if size > 125:
        head = 4 if size == 126 else 10
        if have < head:
            return None
        size = int.from_bytes(data[at + 2 : at + head])
    if size > most:
        raise FrameTooLarge
    stop = head + 4 + size
    return at + stop if have >= stop else None


def payload(data: bytes, at: int, stop: int) -> bytes:
    """Returns the payload of a complete frame of a client."""
    size = data[at + 1] & 0x7F
    mask = at + (2 if size < 126 else 4 if size == 126 else 10)
    return apply_mask(data[mask + 4 : stop], data[mask : mask + 4])
