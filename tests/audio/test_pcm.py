"""Streaming PCM: any split gives the same samples, and invalid audio is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2f_server.audio.pcm import ENCODINGS, Encoding, PcmDecoder, clipped, floats
from a2f_server.audio.stereo import Channel
from a2f_server.errors import BadAudio

SAMPLE = {"pcm_s16le": np.dtype("<i2"), "pcm_f32le": np.dtype("<f4"), "mulaw": np.dtype("u1"), "alaw": np.dtype("u1")}


def message(encoding: Encoding, *values: float) -> bytes:
    return np.array(values, SAMPLE[encoding]).tobytes()


def decoded(encoding: Encoding, channels: int, data: bytes) -> np.ndarray:
    """Returns floats, whatever type the decoder returns."""
    return floats(PcmDecoder(encoding, channels).decode(data))


@given(
    encoding=st.sampled_from(ENCODINGS),
    channels=st.sampled_from([1, 2]),
    data=st.binary(max_size=200),
    cuts=st.lists(st.integers(0, 200), max_size=12),
)
def test_a_message_may_end_anywhere(encoding: Encoding, channels: int, data: bytes, cuts: list[int]) -> None:
    data = data[: len(data) // 8 * 8]
    if encoding == "pcm_f32le":
        data = np.nan_to_num(np.frombuffer(data, "<f4")).tobytes()
    decoder, parts, at = PcmDecoder(encoding, channels), [], 0
    for cut in [*sorted(min(cut, len(data)) for cut in cuts), len(data)]:
        parts.append(floats(decoder.decode(data[at:cut])))
        at = cut
    decoder.finish()
    assert np.array_equal(np.concatenate(parts), decoded(encoding, channels, data))


def test_integers_become_floats_exactly() -> None:
    assert decoded("pcm_s16le", 1, message("pcm_s16le", -32768, -1, 0, 1, 32767)).tolist() == [
        -1.0,
        -1 / 32768,
        0.0,
        1 / 32768,
        32767 / 32768,
    ]


def test_every_integer_comes_back_from_its_float() -> None:
    every = np.arange(-32768, 32768).astype("<i2")
    assert np.array_equal(np.rint(decoded("pcm_s16le", 1, every.tobytes()) * 32768), every)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_output_is_mono_float32(encoding: Encoding) -> None:
    for channels in (1, 2):
        samples = decoded(encoding, channels, bytes(64))
        assert samples.dtype == np.float32
        assert samples.shape == (64 // SAMPLE[encoding].itemsize // channels,)


def test_channels_are_mixed_by_their_mean() -> None:
    assert decoded("pcm_s16le", 2, message("pcm_s16le", 3, 4, -32768, -32768)).tolist() == [3.5 / 32768, -1.0]
    assert decoded("pcm_f32le", 2, message("pcm_f32le", 0.5, -0.25, 1, 1)).tolist() == [0.125, 1.0]


def test_equal_channels_equal_mono() -> None:
    mono = np.arange(-5000, 5000, 7).astype("<i2")
    stereo = np.repeat(mono, 2).tobytes()
    assert np.array_equal(decoded("pcm_s16le", 2, stereo), decoded("pcm_s16le", 1, mono.tobytes()))


def test_floats_beyond_one_are_clipped_before_they_are_mixed() -> None:
    assert decoded("pcm_f32le", 1, message("pcm_f32le", 9, -9, 1, -1, 0.5)).tolist() == [1, -1, 1, -1, 0.5]
    assert decoded("pcm_f32le", 2, message("pcm_f32le", 3, -0.5)).tolist() == [0.25]


def test_what_is_far_too_faint_is_silence() -> None:
    """Denormal numbers are slow."""
    faint = message("pcm_f32le", 1e-13, -1e-30, 1e-42, 1e-12, -0.5)
    assert decoded("pcm_f32le", 1, faint).tolist() == [0, 0, 0, np.float32(1e-12), -0.5]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_refused(bad: float) -> None:
    with pytest.raises(BadAudio, match="NaN or infinite"):
        decoded("pcm_f32le", 1, message("pcm_f32le", 0, bad))
    with pytest.raises(BadAudio, match="NaN or infinite"):
        clipped(np.array([bad], np.float32))


@pytest.mark.parametrize(
    ("encoding", "channels", "size"), [("pcm_s16le", 1, 1), ("pcm_s16le", 2, 2), ("pcm_f32le", 2, 7)]
)
def test_half_a_sample_at_the_end(encoding: Encoding, channels: int, size: int) -> None:
    decoder = PcmDecoder(encoding, channels)
    decoder.decode(bytes(8 + size))
    with pytest.raises(BadAudio, match=f"{size} bytes of {decoder.stride} are left over"):
        decoder.finish()


def test_empty_messages() -> None:
    decoder = PcmDecoder("pcm_s16le")
    assert len(decoder.decode(b"")) == 0
    assert len(decoder.decode(b"\1")) == 0
    assert len(decoder.decode(b"")) == 0
    assert len(decoder.decode(b"\1")) == 1
    decoder.finish()


def test_opposite_channels_are_reported() -> None:
    decoder = PcmDecoder("pcm_f32le", 2)
    decoder.decode(message("pcm_f32le", *[0.5, -0.5] * 3000))
    assert decoder.warning
    assert "cancel" in decoder.warning
    assert PcmDecoder("pcm_f32le", 2).warning is None


@pytest.mark.parametrize(("channel", "value"), [("left", 0.5), ("right", -0.25), ("mix", 0.125)])
def test_one_channel(channel: Channel, value: float) -> None:
    assert PcmDecoder("pcm_f32le", 2, channel).decode(message("pcm_f32le", 0.5, -0.25)).tolist() == [value]
