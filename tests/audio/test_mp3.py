"""MPEG frame headers, Xing headers, and streams that follow."""

from __future__ import annotations

import struct

import pytest

from a2f_server.audio import mp3
from a2f_server.audio.files import decode_file
from tests.support.sounds import buzz, encoded


def xing(name: bytes, flags: int, frames: int, version: int = 3) -> bytes:
    """An MPEG frame with a Xing header."""
    head = bytes([0xFF, 0xE3 | version << 3, 0x90, 0xC4]) + bytes(32)
    return head + name + struct.pack(">II", flags, frames) + bytes(400)


@pytest.mark.parametrize(
    ("data", "stated"),
    [
        (xing(b"Xing", 1, 10), 11520),
        (xing(b"Info", 3, 10), 11520),
        (xing(b"Xing", 1, 10, version=2), 5760),
        (xing(b"Xing", 1, 10, version=0), 5760),
        (xing(b"Xing", 2, 10), None),
        (xing(b"None", 1, 10), None),
        (xing(b"Xing", 1, 10)[:42], None),
        (b"RIFF" + bytes(100), None),
        (b"ID3", None),
        (b"", None),
    ],
    ids=["Xing", "Info", "MPEG 2", "MPEG 2.5", "no count", "no header", "cut", "wav", "a cut tag", "nothing"],
)
def test_a_xing_header_states_the_samples(data: bytes, stated: int | None) -> None:
    assert mp3.stated_samples(data, 0) == stated


def test_a_tag_before_it_is_skipped() -> None:
    data, tag = xing(b"Xing", 1, 10), b"ID3\x04\0\0" + bytes([0, 0, 1, 2]) + bytes(130)
    assert mp3.stated_samples(tag + data, 0) == mp3.stated_samples(b"before" + tag + data, 6) == 11520


def test_an_mp3_has_the_samples_of_its_header() -> None:
    data = encoded(buzz(3, 24000), 24000, "MP3")
    stated = mp3.stated_samples(data, 0)
    decoded = len(decode_file(data, 60).samples)
    assert stated is not None
    assert decoded >= 72000
    assert 0 <= stated - decoded <= 4 * 1152


@pytest.mark.parametrize(
    ("header", "size"),
    [
        ("fffb90c4", 417),  # MPEG-1, layer III, 128 kbit/s, 44.1 kHz
        ("fffb92c4", 418),  # padded
        ("fff348c4", 144),  # MPEG-2, 32 kbit/s, 16 kHz
        ("fffda4c4", 576),  # MPEG-1, layer II, 192 kbit/s, 48 kHz
        ("fffb00c4", 0),  # free bit rate
        ("fffbf0c4", 0),  # no bit rate
        ("fffb9cc4", 0),  # no sample rate
        ("ffeb90c4", 0),  # no version
        ("fff190c4", 0),  # AAC
        ("00fb90c4", 0),
        ("fffb", 0),
    ],
)
def test_the_length_of_a_frame(header: str, size: int) -> None:
    assert mp3.frame_bytes(bytes.fromhex(header), 0) == size


def test_another_stream_is_found_behind_tags() -> None:
    one = encoded(buzz(1, 24000), 24000, "MP3")
    start = mp3.next_stream(one + b"TAG" + bytes(125) + one, len(one))
    assert start == len(one) + 128


def test_many_tags_are_not_followed() -> None:
    assert mp3.stated_samples((b"ID3\x04\0\0\0\0\0\0" * 17) + xing(b"Xing", 1, 10), 0) is None


def test_junk_is_no_stream() -> None:
    one = encoded(buzz(1, 24000), 24000, "MP3")
    junk = b"\xff\xfb\x90\xc4" * 20000
    assert mp3.next_stream(one + junk, len(one)) is None
    assert mp3.next_stream(one, len(one)) is None
