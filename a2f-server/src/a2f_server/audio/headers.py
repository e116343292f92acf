"""Distinguishes audio files from raw samples, which may begin like a file by chance."""

from __future__ import annotations

from a2f_server.audio import mp3
from a2f_server.audio.byte_range import FileBytes
from a2f_server.audio.containers import identify
from a2f_server.errors import UnsupportedAudio

_OTHERS = (
    b"PK\x03\x04",
    b"%PDF",
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff\xe0",
    b"\xff\xd8\xff\xe1",
    b"GIF8",
    b"<svg",
    b"<!DO",
    b"<htm",
)
"""The first bytes of files that people send by mistake."""
_ADTS_HEADER = 7
"""Bytes of the header of an AAC frame."""


def begins_with_header(data: FileBytes) -> bool:
    """Returns True for an audio file, False for anything that can only be raw samples.

    Raises UnsupportedAudio for other kinds of files.
    """
    try:
        found = identify(data)
    except UnsupportedAudio:
        if bytes(data[:4]).startswith(_OTHERS):
            raise
        return False
    return data[0] != 0xFF or (_two_adts_frames(data) if found.library == "av" else _two_mpeg_frames(data))


def _two_mpeg_frames(data: FileBytes) -> bool:
    """Two bytes may be a sample; a second frame where the first one ends is not a coincidence."""
    size = mp3.frame_bytes(data, 0)
    return bool(size) and (len(data) <= size or bool(mp3.frame_bytes(data, size)))


def _two_adts_frames(data: FileBytes) -> bool:
    if len(data) < _ADTS_HEADER:
        return False
    size = (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5
    return size > _ADTS_HEADER and bytes(data[size : size + 1]) in (b"", b"\xff")
