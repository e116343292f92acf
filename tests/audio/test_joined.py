"""Several files in one: none of their sound is lost."""

from __future__ import annotations

import numpy as np
import pytest

from a2f_server.audio import mp3
from a2f_server.audio.files import AudioFile, decode_file
from a2f_server.errors import BadAudio
from tests.support.sounds import buzz, encoded, wav

SOUND = buzz(1, 24000)


def length(data: bytes) -> float:
    """Returns seconds."""
    sound = decode_file(data, 60)
    return len(sound.samples) / sound.sample_rate


@pytest.mark.parametrize(
    ("format", "subtype"),
    [
        ("WAV", "PCM_16"),
        ("AIFF", "PCM_16"),
        ("AU", "PCM_16"),
        ("CAF", "PCM_16"),
        ("W64", "PCM_16"),
        ("FLAC", "PCM_16"),
        ("OGG", "VORBIS"),
        ("OGG", "OPUS"),
        ("MP3", None),
    ],
)
@pytest.mark.parametrize("copies", [2, 3])
def test_copies(format: str, subtype: str | None, copies: int) -> None:
    one = encoded(SOUND, 24000, format, subtype)
    assert length(one * copies) == pytest.approx(copies * length(one), abs=0.001)


def without_xing(data: bytes) -> bytes:
    """Returns an mp3 without its first frame, which holds the Xing header."""
    return data[mp3.frame_bytes(data, 0) :]


@pytest.mark.parametrize("strip", [bytes, without_xing], ids=["with Xing header", "without"])
def test_another_rate_is_resampled(strip: object) -> None:
    assert callable(strip)
    parts = [strip(encoded(buzz(1, rate), rate, "MP3")) for rate in (24000, 16000, 24000)]
    assert length(b"".join(parts)) == pytest.approx(sum(map(length, parts)), abs=0.1)


def test_mono_and_stereo() -> None:
    stereo = np.repeat(SOUND[:, None], 2, 1)
    joined = decode_file(wav(SOUND, 24000) + wav(stereo, 24000), 60).samples
    assert np.array_equal(joined[:24000], joined[24000:])


def test_chunks_between_wavs_are_skipped() -> None:
    between = b"LIST\x04\0\0\0info"
    assert length(wav(SOUND, 24000) + between + wav(SOUND, 24000)) == 2


def test_a_cut_last_part_is_an_error() -> None:
    one = wav(SOUND, 24000)
    with pytest.raises(BadAudio, match="was cut"):
        length(one + one[:1000])


def test_what_follows_but_is_no_audio_is_ignored() -> None:
    for data in (wav(SOUND, 24000), encoded(SOUND, 24000, "MP3"), encoded(SOUND, 24000, "AIFF")):
        assert length(data + b"RIFFraff" + bytes(500)) == pytest.approx(length(data), abs=0.01)


def test_many_streams_side_by_side() -> None:
    page = encoded(SOUND, 24000, "OGG", "VORBIS")[:58]
    with pytest.raises(BadAudio, match="too many streams"):
        length(page * 100)


@pytest.mark.parametrize("format", ["WAV", "FLAC", "OGG"])
def test_many_empty_files_end(format: str) -> None:
    """Thousands of headers are work, never a hang."""
    empty = encoded(np.zeros(0, np.float32), 24000, format)
    with pytest.raises(BadAudio):
        length(empty * 2000)


def test_each_file_ends_a_block() -> None:
    """Decoding can be stopped between blocks only."""
    empty = wav(np.zeros(0), 24000)
    blocks = list(AudioFile(empty * 500 + wav(SOUND, 24000), 60))
    assert len(blocks) > 500
    assert sum(map(len, blocks)) == 24000


def test_a_file_consists_of_a_thousand_at_most() -> None:
    with pytest.raises(BadAudio, match="more than 1000 joined files"):
        length(wav(np.zeros(1), 24000) * 1001)
