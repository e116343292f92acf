"""Decoding of files, and checks of their containers."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest

from a2f_server.audio import containers
from a2f_server.audio.files import decode_file
from a2f_server.audio.pcm import PcmDecoder, floats
from a2f_server.errors import BadAudio, TooLong, UnsupportedAudio
from tests.support.sounds import buzz, encoded, s16, wav

SOUND = buzz(1, 24000)


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_32", "PCM_U8", "FLOAT", "DOUBLE", "ULAW", "ALAW"])
def test_wav_of_every_depth(subtype: str) -> None:
    sound = decode_file(encoded(SOUND, 24000, "WAV", subtype), 60)
    assert (len(sound.samples), sound.sample_rate, sound.samples.dtype) == (24000, 24000, np.float32)
    assert np.abs(sound.samples - SOUND).max() < 0.03


@pytest.mark.parametrize(
    ("format", "subtype"),
    [("FLAC", "PCM_16"), ("FLAC", "PCM_24"), ("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", None)],
)  # fmt: skip
def test_formats(format: str, subtype: str | None) -> None:
    sound = decode_file(encoded(SOUND, 24000, format, subtype), 60)
    assert sound.sample_rate in (24000, 48000)
    assert 0.99 < len(sound.samples) / sound.sample_rate < 1.2
    assert np.abs(sound.samples).max() <= 1


@pytest.mark.parametrize("channels", [1, 2])
def test_a_wav_is_its_pcm(channels: int) -> None:
    sound = buzz(0.5, 16000, channels)
    if channels == 2:
        sound = sound * np.array([1, -0.3], np.float32)
    streamed = floats(PcmDecoder("pcm_s16le", channels).decode(s16(sound)))
    assert np.array_equal(decode_file(wav(sound, 16000), 60).samples, streamed)


def test_a_flac_is_its_wav() -> None:
    integers = np.rint(SOUND * 32767).astype(np.int16)
    as_wav, as_flac = (decode_file(encoded(integers, 24000, f, "PCM_16"), 60) for f in ("WAV", "FLAC"))
    assert np.array_equal(as_wav.samples, as_flac.samples)


def test_loud_floats_are_clipped() -> None:
    assert decode_file(encoded(SOUND * 9, 24000, "WAV", "FLOAT"), 60).samples.max() == 1


def test_long_files_are_read_in_blocks() -> None:
    sound = buzz(9, 16000)
    assert np.array_equal(decode_file(encoded(sound, 16000, "WAV", "FLOAT"), 60).samples, sound)


def test_the_limit_is_exact() -> None:
    assert len(decode_file(wav(SOUND, 24000), 1.0).samples) == 24000
    with pytest.raises(TooLong, match=r"longer than the 0\.5 s"):
        decode_file(wav(SOUND, 24000), 0.5)


@pytest.mark.parametrize("rate", [8000, 96000, 192000])
def test_supported_sample_rates(rate: int) -> None:
    assert decode_file(wav(buzz(0.1, rate), rate), 60).sample_rate == rate


@pytest.mark.parametrize("rate", [4000, 7999, 192001])
def test_unsupported_sample_rates(rate: int) -> None:
    with pytest.raises(UnsupportedAudio, match=f"{rate} Hz"):
        decode_file(wav(np.zeros(100), rate), 60)


def test_more_than_two_channels() -> None:
    with pytest.raises(UnsupportedAudio, match="3 channels"):
        decode_file(wav(buzz(0.1, 8000, 3), 8000), 60)


def test_a_file_without_samples() -> None:
    with pytest.raises(BadAudio, match="no samples"):
        decode_file(wav(np.zeros(0), 8000), 60)


def test_undecodable_content() -> None:
    with pytest.raises(BadAudio, match="cannot be decoded"):
        decode_file(b"fLaC" + bytes(100), 60)


def test_a_truncated_flac() -> None:
    whole = encoded(SOUND, 24000, "FLAC")
    with pytest.raises(BadAudio):
        decode_file(whole[: len(whole) // 2], 60)


def test_a_truncated_ogg_is_accepted() -> None:
    """An ogg file does not state its length, so truncation cannot be proved."""
    whole = encoded(SOUND, 24000, "OGG", "VORBIS")
    assert len(decode_file(whole[: len(whole) - 500], 60).samples) < len(decode_file(whole, 60).samples)


def mp3(seconds: float = 3) -> bytes:
    return encoded(buzz(seconds, 24000), 24000, "MP3")


def test_an_mp3_has_the_samples_of_its_header() -> None:
    data = mp3()
    promised = containers.promised_mp3_samples(data)
    assert promised is not None
    decoded = len(decode_file(data, 60).samples)
    assert decoded >= 72000
    assert 0 <= promised - decoded <= 4 * 1152


def test_a_truncated_mp3_is_refused() -> None:
    data = mp3()
    with pytest.raises(BadAudio, match="was cut"):
        decode_file(data[: len(data) // 2], 60)


def test_an_mp3_behind_an_id3_tag() -> None:
    data = mp3()
    tag = b"ID3\x04\0\0" + bytes([0, 0, 1, 2]) + bytes(130)
    assert containers.promised_mp3_samples(tag + data) == containers.promised_mp3_samples(data)
    assert len(decode_file(tag + data, 60).samples) == len(decode_file(data, 60).samples)


def xing(name: bytes, flags: int, frames: int, version: int = 3) -> bytes:
    """An MPEG frame with a Xing header."""
    head = bytes([0xFF, 0xE3 | version << 3, 0x90, 0xC4]) + bytes(32)
    return head + name + struct.pack(">II", flags, frames) + bytes(400)


@pytest.mark.parametrize(
    ("data", "promised"),
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
def test_a_xing_header_states_the_samples(data: bytes, promised: int | None) -> None:
    assert containers.promised_mp3_samples(data) == promised


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04rest", "a zip archive"),
        (b"\x1aE\xdf\xa3rest", "WebM or Matroska"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x1f\x8b\x08rest", "a gzip archive"),
        (b"#!AMR\nrest", "AMR"),
        (b"\0\0\0\x20ftypM4A ", "MP4 or M4A"),
        (b"hello", "not a known audio file"),
        (b"\xff", "not a known audio file"),
        (b"\xff\xf1rest of an AAC stream", "not a known audio file"),
    ],
)
def test_other_formats_are_named(data: bytes, words: str) -> None:
    with pytest.raises(UnsupportedAudio, match=words):
        containers.check(data)


def test_an_empty_file() -> None:
    with pytest.raises(BadAudio, match="empty"):
        containers.check(b"")


def riff(*chunks: tuple[bytes, bytes], size: int | None = None) -> bytes:
    """Returns a wav of these chunks; `size` is the stated size of the last one."""
    out = io.BytesIO()
    out.write(b"RIFF\0\0\0\0WAVE")
    for name, body in chunks[:-1]:
        out.write(name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2))
    name, body = chunks[-1]
    out.write(name + struct.pack("<I", len(body) if size is None else size) + body)
    return out.getvalue()


FMT = b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)


def test_chunks_before_the_data_are_skipped() -> None:
    data = riff(FMT, (b"LIST", b"odd"), (b"data", bytes(320)))
    containers.check(data)
    assert len(decode_file(data, 60).samples) == 160


@pytest.mark.parametrize("size", [0x7FFF0000, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_streamed_wav_has_no_size(size: int) -> None:
    containers.check(riff(FMT, (b"data", bytes(320)), size=size))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"RIFF\0\0\0\0", "its header is incomplete"),
        (b"RIFF\0\0\0\0AVI LIST", "not a wav"),
        (riff(FMT), "no data chunk"),
        (riff(FMT, (b"LIST", b"info"), size=10**6), "no data chunk"),
        (riff(FMT, (b"data", bytes(320)), size=321), "should have 321 bytes of audio but has 320"),
        (riff(FMT, (b"data", bytes(320)), size=0), "has size 0, but data follows"),
    ],
    ids=["cut", "avi", "no data", "a chunk beyond the end", "promises more", "promises nothing"],
)
def test_bad_wavs(data: bytes, words: str) -> None:
    with pytest.raises(BadAudio, match=words):
        containers.check(data)


def test_an_empty_data_chunk_is_accepted_as_such() -> None:
    containers.check(riff(FMT, (b"data", b"")))


@pytest.mark.parametrize("format", ["AIFF", "AU", "CAF", "RF64"])
def test_formats_that_hide_truncation_are_refused(format: str) -> None:
    with pytest.raises(UnsupportedAudio, match="send wav"):
        decode_file(encoded(buzz(0.1, 8000), 8000, format, "PCM_16"), 10)
