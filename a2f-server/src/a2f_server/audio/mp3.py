"""MPEG audio streams: the samples that a Xing header states, and where another stream follows.

Sources: ISO/IEC 11172-3, 2.4.1.3 (frame header), ISO/IEC 13818-3 (lower rates), ID3v2.4, 3.1, and the Xing and Info
header as LAME writes it.
"""

from __future__ import annotations

import re
import struct

from a2f_server.audio.byte_range import FileBytes

_KBPS = {
    (True, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (False, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Bit rates by (MPEG-1, layer); index 1 is the first."""
_HZ = (44100, 48000, 32000)
_SYNC = re.compile(rb"\xff[\xe2-\xe5\xf2-\xf5\xfa-\xfd]", re.DOTALL)
_MOST_TAGS = 16
_SEARCHED = 1 << 16
"""Bytes in which another stream must begin."""
_SMALLEST, _LARGEST = 24, 0xE0
"""Bytes of the smallest frame; the bits of the highest bit rate."""
_IN_A_ROW = 3
"""Frame headers in a row that are no coincidence."""


def stated_samples(data: FileBytes, start: int) -> int | None:
    """Returns the samples per channel according to the Xing or Info header of the stream at `start`, None without."""
    start = _skip_tags(data, start)
    head = bytes(data[start : start + 400])
    if not frame_bytes(head, 0):
        return None
    at = max(head.find(b"Xing"), head.find(b"Info"))
    if at < 0 or len(head) < at + 12 or not head[at + 7] & 1:
        return None
    frames: int = struct.unpack_from(">I", head, at + 8)[0]
    return frames * (1152 if head[1] >> 3 & 3 == 3 else 576)


def missing_header(data: FileBytes, start: int, stop: int) -> bytes:
    """Returns a frame with a Xing header that states more frames than these bytes can hold, empty if there is no frame.

    libsndfile stops at the length that it guesses from the first frames of a stream that states none.
    """
    start = _skip_tags(data, start)
    if not frame_bytes(data, start):
        return b""
    first = data[start : start + 4]
    head = bytes([0xFF, first[1] | 1, _LARGEST | first[2] & 0x0C, first[3]])
    body = bytes(_side_bytes(head)) + b"Xing" + struct.pack(">II", 1, (stop - start) // _SMALLEST + 1)
    return head + body + bytes(frame_bytes(head, 0) - len(head) - len(body))


def next_stream(data: FileBytes, reached: int) -> int | None:
    """Returns where another stream begins after one that was decoded up to about `reached`, None if there is none."""
    start = _skip_tags(data, max(0, reached - 4))
    for match in _SYNC.finditer(data, start, min(len(data), start + _SEARCHED)):
        if _is_stream(data, match.start()):
            return match.start()
    return None


def frame_bytes(data: FileBytes, at: int) -> int:
    """Returns the length of the frame whose header is at `at`, 0 if none is there."""
    if len(data) < at + 4 or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return 0
    version, layer = data[at + 1] >> 3 & 3, 4 - (data[at + 1] >> 1 & 3)
    rate, hz = data[at + 2] >> 4, data[at + 2] >> 2 & 3
    if version == 1 or layer not in (2, 3) or rate in (0, 15) or hz == 3:
        return 0
    bits = _KBPS[version == 3, layer][rate - 1] * 1000
    samples = 1152 if version == 3 or layer == 2 else 576
    return samples // 8 * bits // (_HZ[hz] >> (3 - version if version else 2)) + (data[at + 2] >> 1 & 1)


def _side_bytes(head: bytes) -> int:
    """Returns the length of the side information, which lies between a frame's header and a Xing header."""
    mpeg1, mono = head[1] >> 3 & 3 == 3, head[3] >> 6 == 3
    return (17 if mono else 32) if mpeg1 else (9 if mono else 17)


def _is_stream(data: FileBytes, at: int) -> bool:
    for _ in range(_IN_A_ROW):
        size = frame_bytes(data, at)
        if not size:
            return False
        at += size
    return True


def _skip_tags(data: FileBytes, at: int) -> int:
    """Returns the offset after ID3v2 tags, whose size is four 7-bit bytes, and an ID3v1 tag before them."""
    if data[at : at + 3] == b"TAG":
        at += 128
    for _ in range(_MOST_TAGS):
        if data[at : at + 3] != b"ID3" or len(data) < at + 10:
            break
        a, b, c, d = data[at + 6 : at + 10]
        at += 10 + (a << 21 | b << 14 | c << 7 | d)
    return at
