"""Decoding of files, and checks of their containers."""

from __future__ import annotations

import numpy as np
import pytest

from a2f_server.audio.files import AudioFile, decode_file
from a2f_server.audio.mp3 import frame_bytes
from a2f_server.audio.pcm import PcmDecoder, floats
from a2f_server.audio.stereo import Channel
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


def test_a_truncated_mp3_is_refused() -> None:
    data = mp3()
    with pytest.raises(BadAudio, match="was cut"):
        decode_file(data[: len(data) // 2], 60)


def test_an_mp3_of_changing_bit_rate_without_a_header_is_read_to_its_end() -> None:
    data = mp3()
    frames = data[frame_bytes(data, 0) :]
    assert 0 <= len(decode_file(frames, 60).samples) - len(decode_file(data, 60).samples) < 4 * 1152


def test_an_mp3_behind_an_id3_tag() -> None:
    data = mp3()
    tag = b"ID3\x04\0\0" + bytes([0, 0, 1, 2]) + bytes(130)
    assert len(decode_file(tag + data, 60).samples) == len(decode_file(data, 60).samples)


@pytest.mark.parametrize("format", ["AIFF", "AU", "CAF", "W64", "RF64"])
def test_rarer_containers(format: str) -> None:
    sound = decode_file(encoded(SOUND, 24000, format, "PCM_16"), 60)
    expected = decode_file(encoded(SOUND, 24000, "WAV", "PCM_16"), 60)
    assert np.array_equal(sound.samples, expected.samples)


@pytest.mark.parametrize("format", ["WAV", "AIFF", "AU", "CAF", "W64", "RF64"])
def test_what_states_its_size_cannot_be_cut(format: str) -> None:
    whole = encoded(SOUND, 24000, format, "PCM_16")
    with pytest.raises(BadAudio, match="was cut"):
        decode_file(whole[: len(whole) - 1000], 60)


def test_a_flac_of_unknown_length() -> None:
    """A program that writes to a pipe leaves the count of samples at 0 (RFC 9639, 8.2)."""
    data = bytearray(encoded(SOUND, 24000, "FLAC"))
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    assert np.array_equal(decode_file(data, 60).samples, decode_file(encoded(SOUND, 24000, "FLAC"), 60).samples)


def test_a_length_beyond_the_limit_is_refused_by_the_header() -> None:
    data = bytearray(encoded(SOUND, 24000, "FLAC"))
    data[22:26] = (10**9).to_bytes(4, "big")
    with pytest.raises(TooLong):
        AudioFile(data, 60)


def test_blocks_are_small() -> None:
    blocks = list(AudioFile(wav(buzz(10, 48000), 48000), 60))
    assert max(map(len, blocks)) <= 1 << 15
    assert sum(map(len, blocks)) == 480000


def test_opposite_channels_are_animated_and_reported() -> None:
    file = AudioFile(wav(np.stack([SOUND, -SOUND], 1), 24000), 60)
    assert file.warning is None
    samples = np.concatenate(list(file))
    assert np.array_equal(samples[2048:], decode_file(wav(SOUND, 24000), 60).samples[2048:])
    assert file.warning
    assert "cancel" in file.warning


@pytest.mark.parametrize(("channel", "share"), [("mix", 0.5), ("left", 1.0), ("right", 0.0)])
def test_one_side_of_a_call(channel: Channel, share: float) -> None:
    call = np.stack([SOUND, np.zeros_like(SOUND)], 1)
    alone = decode_file(wav(SOUND, 24000), 60).samples
    assert np.array_equal(decode_file(wav(call, 24000), 60, channel).samples, alone * np.float32(share))
