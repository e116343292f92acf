"""The encoder: whole parts, key frames, audio and video in sync, and colours that survive."""

from __future__ import annotations

import io
from fractions import Fraction

import av
import numpy as np
import pytest

from a2f_server.video.encoder import VideoEncoder
from a2f_server.video.parts import VideoPart, begins_segment
from a2f_server.video.sound_track import SOUND_RATE

SIDE = 64


def picture(luma: int, side: int = SIDE) -> np.ndarray:
    flat = np.full((side * 3 // 2, side), 128, np.uint8)
    flat[:side] = luma
    return flat


def encoded(fps: int, lumas: list[int], sound: np.ndarray | None = None) -> tuple[VideoEncoder, list[VideoPart]]:
    """Encodes flat pictures, with silence by default."""
    parts: list[VideoPart] = []
    encoder = VideoEncoder(SIDE, SIDE, fps, parts.append)
    for i, luma in enumerate(lumas):
        start, stop = (n * SOUND_RATE // fps for n in (i, i + 1))
        encoder.add(picture(luma), np.zeros(stop - start, np.float32) if sound is None else sound[start:stop])
    encoder.finish()
    return encoder, parts


def opened(encoder: VideoEncoder, parts: list[VideoPart]) -> av.container.InputContainer:
    return av.open(io.BytesIO(encoder.header + b"".join(part.data for part in parts)))


def pictures(encoder: VideoEncoder, parts: list[VideoPart]) -> list[av.VideoFrame]:
    with opened(encoder, parts) as file:
        return list(file.decode(video=0))


def heard(encoder: VideoEncoder, parts: list[VideoPart]) -> tuple[float, np.ndarray]:
    """Returns the time of the first sample, and all samples."""
    with opened(encoder, parts) as file:
        frames = list(file.decode(audio=0))
    assert frames[0].time is not None
    return frames[0].time, np.concatenate([frame.to_ndarray()[0] for frame in frames])


@pytest.mark.parametrize(
    ("fps", "count"), [(25, 25), (25, 33), (25, 1), (25, 10), (30, 31), (29, 30), (10, 12), (60, 61), (12, 12)]
)
def test_parts_hold_whole_frames_and_segments_begin_with_a_key_frame(fps: int, count: int) -> None:
    encoder, parts = encoded(fps, [60] * count)
    assert sum(part.frames for part in parts) == count == encoder.frames
    assert all(part.frames == encoder.part_frames for part in parts[:-1])
    for number, part in enumerate(parts):
        with opened(encoder, [part]) as file:
            packets = [packet for packet in file.demux(video=0) if packet.size]
        assert len(packets) == part.frames
        assert part.duration == Fraction(part.frames, fps)
        assert packets[0].is_keyframe == part.independent == begins_segment(number)


@pytest.mark.parametrize("fps", [25, 29, 60])
def test_a_tone_begins_with_its_flash(fps: int) -> None:
    begins = fps // 2
    sound = np.zeros(SOUND_RATE, np.float32)
    at = begins * SOUND_RATE // fps
    sound[at:] = 0.5 * np.sin(np.arange(SOUND_RATE - at) * 0.1)
    encoder, parts = encoded(fps, [20] * begins + [220] * (fps - begins), sound)
    flash = next(frame.time for frame in pictures(encoder, parts) if frame.to_ndarray()[0, 0] > 120)
    start, samples = heard(encoder, parts)
    tone = start + np.flatnonzero(np.abs(samples) > 0.2)[0] / SOUND_RATE
    assert flash == pytest.approx(begins / fps, abs=1e-6)
    assert abs(tone - flash) < 0.005


def test_the_sound_is_as_long_as_the_pictures() -> None:
    rng = np.random.default_rng(0)
    sound = (0.3 * np.sin(np.arange(SOUND_RATE * 2) * 0.05) + rng.normal(0, 0.01, SOUND_RATE * 2)).astype(np.float32)
    encoder, parts = encoded(25, [60] * 50, sound)
    start, samples = heard(encoder, parts)
    assert start == 0
    assert abs(len(samples) - len(sound)) <= 1024
    middle = slice(4096, len(sound) - 4096)
    assert np.corrcoef(samples[middle], sound[middle])[0, 1] > 0.99, "not a sample off"


def test_colours_survive() -> None:
    encoder, parts = encoded(25, [16, 60, 126, 200, 235])
    frames = pictures(encoder, parts)
    assert [int(np.median(frame.to_ndarray()[:SIDE])) for frame in frames] == pytest.approx(
        [16, 60, 126, 200, 235], abs=2
    )
    with opened(encoder, parts) as file:
        codec = file.streams.video[0].codec_context
        assert (codec.pix_fmt, codec.color_range, codec.colorspace) == ("yuv420p", 1, 6), "BT.601, limited range"
        assert file.streams.audio[0].codec_context.layout.name == "mono"


def test_a_closed_encoder_writes_nothing_more() -> None:
    parts: list[VideoPart] = []
    encoder = VideoEncoder(SIDE, SIDE, 25, parts.append)
    encoder.add(picture(60), np.zeros(1920, np.float32))
    encoder.close()
    encoder.close()
    assert not parts
    finished, parts = encoded(25, [60])
    finished.close()
    assert len(parts) == 1


def test_the_bit_rate_has_a_limit() -> None:
    rng, parts = np.random.default_rng(0), []
    encoder = VideoEncoder(SIDE, SIDE, 25, parts.append)
    for _ in range(75):
        encoder.add(rng.integers(16, 235, (SIDE * 3 // 2, SIDE), np.uint8), np.zeros(1920, np.float32))
    encoder.finish()
    assert sum(len(part.data) for part in parts) * 8 / 3 < 3 * 8 * SIDE * SIDE + 64_000
