"""Files made of several complete ones, as TTS services send that synthesise in pieces, and chained Ogg streams:
decoders stop after the first without an error."""

from __future__ import annotations

import re

from a2f_server.audio import mp3
from a2f_server.audio.byte_range import FileBytes
from a2f_server.errors import BadAudio

_FIRST_PAGE = re.compile(rb"OggS\x00[\x02\x03\x06\x07]", re.DOTALL)
"""A page that begins a logical stream (RFC 3533, 6)."""
_FLAC = re.compile(rb"fLaC[\x00\x80]\x00\x00\x22", re.DOTALL)
"""A FLAC with its first metadata block (RFC 9639, 6 and 8.2)."""
_SLICE, _LONGEST_MATCH = 1 << 18, 16
"""Bytes that are searched at once: 2 ms at most."""
_MOST_TRACKS = 64
"""Logical streams that may lie side by side in an Ogg file."""


def stop(container: str, data: FileBytes, start: int, chunks_stop: int) -> int:
    """Returns where the file that begins at `start` ends because another one begins, else `len(data)`.

    `chunks_stop`: what the sizes of its chunks say. An mp3's end shows only once it was decoded: see `after`.
    """
    if container == "flac":
        return _search(_FLAC, data, start + 4)
    if container == "ogg":
        return _search(_FIRST_PAGE, data, _after_first_pages(data, start))
    return chunks_stop


def after(container: str, data: FileBytes, part_stop: int, reached: int) -> int | None:
    """Returns the start of the file that follows a decoded one, None if it was the last.

    part_stop: what `stop` said of the decoded one. reached: the offset up to which the decoder read.
    """
    if part_stop < len(data):
        return part_stop
    return mp3.next_stream(data, reached) if container == "mp3" else None


def _search(pattern: re.Pattern[bytes], data: FileBytes, start: int) -> int:
    """Returns where the pattern is found, else the end of the data. A search holds the interpreter's lock."""
    for at in range(start, len(data), _SLICE):
        if match := pattern.search(data, at, at + _SLICE + _LONGEST_MATCH):
            return match.start()
    return len(data)


def _after_first_pages(data: FileBytes, at: int) -> int:
    """Returns the offset after the first pages of the streams that lie side by side."""
    for _ in range(_MOST_TRACKS):
        if not _FIRST_PAGE.match(data, at) or len(data) < at + 27:
            return at
        lacing = data[at + 27 : at + 27 + data[at + 26]]
        at += 27 + len(lacing) + sum(lacing)
    raise BadAudio("this ogg file has too many streams side by side")
