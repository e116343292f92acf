"""libsndfile and FFmpeg: what each reads, and what their absence says."""

from __future__ import annotations

import io
from typing import Any

import av
import numpy as np
import pytest

from a2f_server.audio import av_decoder, decoders
from a2f_server.audio.files import decode_file
from a2f_server.errors import BadAudio, UnsupportedAudio
from tests.support.sounds import buzz


def muxed(format: str, codec: str, rate: int = 48000, seconds: float = 1, video: bool = False) -> bytes:
    """Returns a tone as FFmpeg writes it."""
    out = io.BytesIO()
    frame = av.AudioFrame.from_ndarray(buzz(seconds, rate)[None], format="fltp", layout="mono")
    frame.sample_rate = rate
    with av.open(out, "w", format=format) as file:
        if video:
            picture = file.add_stream("mpeg4", rate=25, width=64, height=64, pix_fmt="yuv420p")
        stream: Any = file.add_stream(codec, rate=rate, layout="mono")
        for part in av.AudioResampler(format=stream.format, layout=stream.layout, rate=rate).resample(frame):
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
        if video:
            file.mux(picture.encode(av.VideoFrame(64, 64, "yuv420p")))  # type: ignore[attr-defined]
            file.mux(picture.encode(None))  # type: ignore[attr-defined]
    return out.getvalue()


FILES = {"m4a": ("mp4", "aac"), "webm": ("webm", "libopus"), "aac": ("adts", "aac"), "mka": ("matroska", "aac")}


@pytest.mark.parametrize("name", FILES)
def test_what_browsers_and_phones_record(name: str) -> None:
    sound = decode_file(muxed(*FILES[name]), 60)
    assert sound.sample_rate == 48000
    assert len(sound.samples) == pytest.approx(48000, abs=2000)
    assert 0.2 < np.abs(sound.samples).max() <= 1


def test_the_sound_of_a_film() -> None:
    assert len(decode_file(muxed("mp4", "aac", video=True), 60).samples) == pytest.approx(48000, abs=2000)


def test_the_sound_is_the_same_for_every_block_size(monkeypatch: pytest.MonkeyPatch) -> None:
    data = muxed("mp4", "aac", seconds=3)
    whole = decode_file(data, 60).samples
    monkeypatch.setattr(decoders, "_BLOCK", 1)
    assert np.array_equal(decode_file(data, 60).samples, whole)


@pytest.mark.parametrize("data", [b"\x1aE\xdf\xa3rest", b"\0\0\0\x20ftypM4A ", b"\xff\xf1rest", b"#!AMR\nrest"])
def test_broken_files(data: bytes) -> None:
    with pytest.raises(BadAudio):
        decode_file(data, 60)


def test_a_truncated_m4a() -> None:
    data = muxed("mp4", "aac")
    with pytest.raises(BadAudio, match="cannot be decoded"):
        decode_file(data[: len(data) // 2], 60)


def test_without_ffmpeg_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(av_decoder, "find_spec", lambda name: None)
    with pytest.raises(UnsupportedAudio, match=r"this is MP4 or M4A; send wav.*a2f-server\[media\]"):
        decode_file(muxed("mp4", "aac"), 60)


def test_an_address_in_a_file_is_not_followed() -> None:
    """A playlist behind the first bytes of another format is no playlist."""
    with pytest.raises((BadAudio, UnsupportedAudio)):
        decode_file(b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n", 60)
