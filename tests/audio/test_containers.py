"""Containers are told apart by their first bytes."""

from __future__ import annotations

import pytest

from a2f_server.audio.containers import identify
from a2f_server.errors import BadAudio, UnsupportedAudio
from tests.support.sounds import buzz, encoded


@pytest.mark.parametrize(
    ("format", "name"),
    [(f, f.lower()) for f in ("WAV", "RF64", "FLAC", "OGG", "MP3", "AIFF", "AU", "CAF", "W64")],
)
def test_what_libsndfile_writes(format: str, name: str) -> None:
    container = identify(encoded(buzz(0.1, 16000), 16000, format))
    assert (container.name, container.library) == (name, "sndfile")


@pytest.mark.parametrize(
    ("data", "name", "library"),
    [
        (b"ID3\x04", "mp3", "sndfile"),
        (b"\xff\xf5\xe8\xc4", "mp3", "sndfile"),
        (b"\x1aE\xdf\xa3rest", "WebM or Matroska", "av"),
        (b"\0\0\0\x20ftypM4A ", "MP4 or M4A", "av"),
        (b"\xff\xf1rest of an AAC stream", "AAC", "av"),
        (b"#!AMR\nrest", "AMR", "av"),
    ],
)
def test_others(data: bytes, name: str, library: str) -> None:
    container = identify(data)
    assert (container.name, container.library) == (name, library)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04rest", "a zip archive"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x1f\x8b\x08rest", "a gzip archive"),
        (b"hello", "not a known audio file"),
        (b"\xff", "not a known audio file"),
        (b"\xff\xff\xff\xff", "not a known audio file"),
    ],
)
def test_what_is_no_audio_is_named(data: bytes, words: str) -> None:
    with pytest.raises(UnsupportedAudio, match=f"this is {words}; send wav"):
        identify(data)


def test_an_empty_file() -> None:
    with pytest.raises(BadAudio, match="empty"):
        identify(b"")
