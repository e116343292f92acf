"""Stated sizes: truncation is found, placeholders are replaced."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest

from a2f_server.audio import chunk_sizes
from a2f_server.audio.files import decode_file
from a2f_server.errors import BadAudio
from tests.support.sounds import buzz, encoded

SOUND = buzz(0.5, 16000)
PCM = decode_file(encoded(SOUND, 16000, "WAV", "PCM_16"), 60).samples
FMT = b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)


def riff(*chunks: tuple[bytes, bytes], size: int | None = None) -> bytes:
    """Returns a wav of these chunks; `size` is the stated size of the last one."""
    out = io.BytesIO()
    out.write(b"RIFF\0\0\0\0WAVE")
    for name, body in chunks[:-1]:
        out.write(name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2))
    name, body = chunks[-1]
    out.write(name + struct.pack("<I", len(body) if size is None else size) + body)
    return out.getvalue()


def streamed(format: str) -> bytes:
    """Returns a file as programs write it to a pipe: without its sizes."""
    data = bytearray(encoded(SOUND, 16000, format, "PCM_16"))
    if format == "AIFF":
        at = data.index(b"SSND") + 4
        data[4:8] = data[22:26] = data[at : at + 4] = bytes(4)
    elif format == "AU":
        data[8:12] = b"\xff" * 4
        data[4:8], data[0:4] = struct.pack(">I", struct.unpack("<I", data[4:8])[0]), b".snd"
    elif format == "CAF":
        at = data.index(b"data") + 4
        data[at : at + 8] = b"\xff" * 8
    elif format == "W64":
        at = data.index(b"data") + 16
        data[16:24] = data[at : at + 8] = b"\xff" * 8
    elif format == "RF64":
        data[20:44] = bytes(24)
    return bytes(data)


@pytest.mark.parametrize("size", [0, 10**9, 2 * 10**9, 0x7FFF0000, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_streamed_wav_has_a_placeholder(size: int) -> None:
    data = riff(FMT, (b"data", bytes(320)), size=size)
    assert len(decode_file(data, 60).samples) == 160


@pytest.mark.parametrize("format", ["AIFF", "CAF", "W64", "RF64"])
def test_other_streamed_files(format: str) -> None:
    assert np.array_equal(decode_file(streamed(format), 60).samples, PCM)


def test_chunks_before_the_data_are_skipped() -> None:
    data = riff(FMT, (b"LIST", b"odd"), (b"data", bytes(320)))
    assert len(decode_file(data, 60).samples) == 160


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"RIFF\0\0\0\0", "its header is incomplete"),
        (b"RIFF\0\0\0\0AVI LIST", "not a wav"),
        (riff(FMT), "no data chunk"),
        (riff(FMT, (b"LIST", b"info"), size=10**6), "no data chunk"),
        (riff(*[(b"junk", b"")] * 1200, FMT, (b"data", bytes(320))), "no data chunk"),
        (riff(FMT, (b"data", bytes(320)), size=321), "should have 321 bytes of audio but has 320"),
    ],
    ids=["cut", "avi", "no data", "a chunk beyond the end", "too many chunks", "promises more"],
)
def test_bad_wavs(data: bytes, words: str) -> None:
    with pytest.raises(BadAudio, match=words):
        chunk_sizes.check("wav", data, 0)


@pytest.mark.parametrize("container", ["wav", "rf64", "aiff", "caf", "w64", "au"])
@pytest.mark.parametrize("size", [4, 12, 20, 40])
def test_headers_that_end_early(container: str, size: int) -> None:
    data = encoded(SOUND, 16000, container.upper(), "PCM_16")[:size]
    with pytest.raises(BadAudio):
        chunk_sizes.check(container, data, 0)


def test_an_empty_data_chunk_is_accepted_as_such() -> None:
    assert chunk_sizes.check("wav", riff(FMT, (b"data", b"")), 0).head == b""


def test_the_data_of_other_containers_is_not_looked_at() -> None:
    assert chunk_sizes.check("ogg", b"OggS", 0) == chunk_sizes.Sizes(b"", 4)
