"""PCM and WAV that arrive in parts of any size."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest

from a2f_server.tts.openai.audio import MOST_HEADER_BYTES, AudioDecoder, NotDecodable

TONE = np.rint(9000 * np.sin(2 * np.pi * 220 * np.arange(2400) / 24000)).astype("<i2")


def wav(samples: bytes = TONE.tobytes(), *, rate: int = 24000, channels: int = 1, width: int = 2) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.setframerate(rate)
        out.writeframes(samples)
    return file.getvalue()


def decoded(data: bytes, size: int = 1000) -> bytes:
    decoder = AudioDecoder()
    return b"".join(decoder.feed(data[at : at + size]) for at in range(0, len(data), size)) + decoder.finish()


@pytest.mark.parametrize("size", [1, 7, 12, 45, 10_000])
@pytest.mark.parametrize("data", [TONE.tobytes(), wav()], ids=["pcm", "wav"])
def test_any_parts_give_the_same_samples(data: bytes, size: int) -> None:
    assert decoded(data, size) == TONE.tobytes()


def test_half_a_sample_at_the_end_is_dropped() -> None:
    assert decoded(TONE.tobytes() + b"\1") == TONE.tobytes()


@pytest.mark.parametrize("data", [b"", b"\1", b"\1\2\3"])
def test_very_short_audio(data: bytes) -> None:
    assert decoded(data) == data[: len(data) // 2 * 2]


def test_other_rates_are_resampled() -> None:
    slow = np.frombuffer(decoded(wav(TONE[::2].tobytes(), rate=12000), 100), "<i2")
    assert len(slow) == len(TONE)
    assert np.abs(slow[200:-200].astype(int) - TONE[200:-200]).max() < 200


def test_stereo_is_mixed() -> None:
    both = np.repeat(TONE[:, None], 2, axis=1)
    both[:, 1] = 0
    assert np.abs(np.frombuffer(decoded(wav(both.tobytes(), channels=2), 99), "<i2") - TONE / 2).max() <= 0.5


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF])
def test_a_wav_file_of_unknown_length_goes_to_the_end(size: int) -> None:
    data = bytearray(wav())
    data[40:44] = size.to_bytes(4, "little")
    assert decoded(bytes(data), 100) == TONE.tobytes()


def test_chunks_around_the_audio_are_skipped() -> None:
    whole = wav()
    listed = whole[:12] + b"LIST\3\0\0\0abc\0" + whole[12:] + b"LIST\4\0\0\0abcd"
    assert decoded(listed, 5) == TONE.tobytes()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (wav()[:-100], "breaks off"),
        (wav()[:20], "breaks off"),
        (b"RIFF", "breaks off"),
        (wav(width=1), "8 bits"),
        (wav(rate=4000), "4000 Hz"),
        (wav(TONE[:2397].tobytes(), channels=3), "3 channels"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "neither"),
        (b"RIFF\0\0\0\0WAVEdata\4\0\0\0abcd", "without its format"),
        (b"RIFF\0\0\0\0WAVEjunk\xff\xff\xff\x7f" + bytes(MOST_HEADER_BYTES), "without audio"),
        (b"ID3\4" + bytes(100), "neither"),
        (b"\xff\xfb\x90\0" + bytes(100), "neither"),
        (b"OggS" + bytes(100), "neither"),
        (b'{"error": 1}', "neither"),
        (b"<html>", "neither"),
    ],
)
def test_what_is_no_audio_is_refused(data: bytes, what: str) -> None:
    with pytest.raises(NotDecodable, match=what):
        decoded(data)
