"""Distinguishes files and raw samples, even where samples look like the beginning of a file."""

from __future__ import annotations

import numpy as np
import pytest

from a2f_server.audio.headers import begins_with_header
from a2f_server.errors import BadAudio, UnsupportedAudio
from tests.support.sounds import buzz, encoded, s16, wav

SOUND = buzz(0.2, 16000)


@pytest.mark.parametrize("file", [wav(SOUND, 16000), *(encoded(SOUND, 16000, kind) for kind in ("MP3", "FLAC", "OGG"))])
def test_files_have_a_header(file: bytes) -> None:
    assert begins_with_header(file)


def test_an_mp3_without_tags_has_one() -> None:
    file = encoded(SOUND, 16000, "MP3")
    assert begins_with_header(file[file.index(b"\xff\xf3") :])


@pytest.mark.parametrize("second", [0xF1, 0xF9, 0xFB, 0xF3, 0xE3, 0xFF])
def test_quiet_samples_that_look_like_a_frame_have_none(second: int) -> None:
    noise = np.random.default_rng(second).integers(-900, 900, 4000).astype("<i2").tobytes()
    assert not begins_with_header(bytes([0xFF, second]) + noise)


def test_raw_samples_have_none() -> None:
    assert not begins_with_header(s16(SOUND))
    assert not begins_with_header(b"\0\0")


@pytest.mark.parametrize("data", [b"PK\x03\x04zip", b"%PDF-1.7", b"\x89PNG\r\n", b"\xff\xd8\xff\xe0JFIF", b"<html>"])
def test_other_files_are_refused(data: bytes) -> None:
    with pytest.raises(UnsupportedAudio):
        begins_with_header(data)


def test_nothing_is_refused() -> None:
    with pytest.raises(BadAudio):
        begins_with_header(b"")
