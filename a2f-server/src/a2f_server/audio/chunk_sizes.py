"""Checks and corrects the sizes in the headers of chunked containers: libsndfile decodes a truncated file without an
error, and mistakes the placeholder of a program that wrote to a pipe for a size."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from a2f_server.audio.byte_range import FileBytes
from a2f_server.errors import BadAudio

_PLACEHOLDER = 10**9
"""Sizes from here on stand for "unknown": programs write 0xFFFFFFFF, 0x7FFFFFFF, 2e9 or 1e9, and no server takes a
gigabyte."""
_MOST_CHUNKS = 1000
"""Chunks that are read at most."""


@dataclass(frozen=True)
class _Layout:
    """The positions of the chunks in a container.

    data: the name of the chunk with the audio. first: the offset of the first chunk. name: the length of a name.
    size: struct's code of a size, which includes the chunk's header if `whole`. align: what chunks are padded to.
    """

    data: bytes
    first: int = 12
    name: int = 4
    size: str = "<I"
    whole: bool = False
    align: int = 2

    @property
    def header(self) -> int:
        """Bytes of a chunk's header."""
        return self.name + struct.calcsize(self.size)


_W64_DATA = b"data\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a"
_LAYOUTS = {
    "wav": _Layout(b"data"),
    "rf64": _Layout(b"data"),
    "aiff": _Layout(b"SSND", size=">I"),
    "caf": _Layout(b"data", first=8, size=">Q", align=1),
    "w64": _Layout(_W64_DATA, first=40, name=16, size="<Q", whole=True, align=8),
}
_FORMS = {"wav": (8, b"WAVE"), "rf64": (8, b"WAVE"), "aiff": (8, b"AIF")}


@dataclass(frozen=True)
class Sizes:
    """`head`: the file's first bytes with the right sizes, empty if they are right. `stop`: where another file of the
    same kind begins after this one, else the end of the data."""

    head: bytes
    stop: int


def check(container: str, data: FileBytes, start: int) -> Sizes:
    """Checks the file that begins at `start`. Raises BadAudio if it is malformed, or provably truncated."""
    if container == "au":
        return _check_au(data, start)
    if container not in _LAYOUTS:
        return Sizes(b"", len(data))
    return _check_chunks(container, _LAYOUTS[container], data, start)


def _check_chunks(container: str, layout: _Layout, data: FileBytes, start: int) -> Sizes:
    _check_form(container, data, start)
    chunks = islice(_chunks(layout, data, start + layout.first), _MOST_CHUNKS)
    at, size = next(((a, s) for name, a, s in chunks if name == layout.data), (0, 0))
    if not at:
        raise BadAudio(f"this {container} has no data chunk: its header is incomplete")
    present, stated = len(data) - at, _long_size(data, start) if container == "rf64" else size
    if stated >= _PLACEHOLDER or (stated == 0 and present > 1 and not _begins(container, data, start, at)):
        return Sizes(_patched(container, layout, data, start, at), len(data))
    if stated > present:
        raise BadAudio(f"this {container} should have {stated} bytes of audio but has {present}: it was cut")
    return Sizes(b"", _next_file(container, data, start, at + stated + -stated % layout.align))


def _next_file(container: str, data: FileBytes, start: int, at: int) -> int:
    """Returns where another file of the same kind begins at or after the chunk at `at`, else the end of the data."""
    layout = _LAYOUTS[container]
    for _ in range(_MOST_CHUNKS):
        if _begins(container, data, start, at):
            return at
        _, content, size = next(_chunks(layout, data, at), (b"", len(data), 0))
        at = content + size + -size % layout.align
    return len(data)


def _begins(container: str, data: FileBytes, start: int, at: int) -> bool:
    """Returns True if a file like the one at `start` begins at `at`."""
    return data[at : at + 4] == data[start : start + 4] and _has_form(container, data, at)


def _has_form(container: str, data: FileBytes, start: int) -> bool:
    at, form = _FORMS.get(container, (0, b""))
    return data[start + at : start + at + len(form)] == form


def _check_form(container: str, data: FileBytes, start: int) -> None:
    if not _has_form(container, data, start):
        raise BadAudio(f"this file is not a {container}, or its header is incomplete")


def _chunks(layout: _Layout, data: FileBytes, at: int) -> Iterator[tuple[bytes, int, int]]:
    """Yields name, offset and size of the content of every chunk from `at` on whose header is there."""
    while at + layout.header <= len(data):
        name = bytes(data[at : at + layout.name])
        (size,) = struct.unpack_from(layout.size, data, at + layout.name)
        at += layout.header
        size = max(0, size - layout.header) if layout.whole else size
        yield name, at, size
        at += size + -size % layout.align


def _long_size(data: FileBytes, start: int) -> int:
    """Returns the data size in the ds64 chunk of an RF64, which must come first."""
    if data[start + 12 : start + 16] != b"ds64" or len(data) < start + 36:
        raise BadAudio("this rf64 has no ds64 chunk: its header is incomplete")
    size: int = struct.unpack_from("<Q", data, start + 28)[0]
    return size


def _patched(container: str, layout: _Layout, data: FileBytes, start: int, at: int) -> bytes:
    """Returns the file's first bytes up to the audio, with the size of what is there."""
    head, present = bytearray(data[start:at]), len(data) - at
    present -= present % 2 if container == "aiff" else 0
    if container == "rf64":
        struct.pack_into("<Q", head, 28, present)
        return bytes(head)
    width = struct.calcsize(layout.size)
    struct.pack_into(layout.size, head, len(head) - width, present + (layout.header if layout.whole else 0))
    if container == "w64":
        struct.pack_into("<Q", head, 16, len(head) + present)
    if container == "aiff":
        _patch_aiff_frames(head, layout, present - 8)
    return bytes(head)


def _patch_aiff_frames(head: bytearray, layout: _Layout, present: int) -> None:
    """Writes the number of frames into the COMM chunk, if its samples are plain PCM."""
    for name, at, size in _chunks(layout, head, layout.first):
        if name == b"COMM" and size >= 18:
            channels, _, bits = struct.unpack_from(">hIh", head, at)
            if channels > 0 and bits >= 8:
                struct.pack_into(">I", head, at + 2, present // (channels * ((bits + 7) // 8)))


def _check_au(data: FileBytes, start: int) -> Sizes:
    if len(data) < start + 24:
        raise BadAudio("this file is not an au, or its header is incomplete")
    offset, stated = struct.unpack_from(">II", data, start + 4)
    present = len(data) - start - offset
    if stated < _PLACEHOLDER and stated > present:
        raise BadAudio(f"this au should have {stated} bytes of audio but has {present}: it was cut")
    end = start + offset + stated
    return Sizes(b"", end if data[end : end + 4] == b".snd" else len(data))
