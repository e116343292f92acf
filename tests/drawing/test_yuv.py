"""Conversion to YUV agrees with FFmpeg's."""

from __future__ import annotations

import av
import numpy as np
import pytest

from a2f_server.drawing.yuv import to_yuv


def converted(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    picture = np.zeros((height * 3 // 2, width), np.uint8)
    packed = (pixels.astype(np.int32) << [0, 8, 16]).sum(axis=2, dtype=np.int32)
    to_yuv(packed, np.array([0, 0, width, height], np.int32), picture)
    return picture


@pytest.mark.parametrize("size", [(32, 48), (18, 22), (2, 2), (34, 16)])
def test_colours_are_those_of_ffmpeg(size: tuple[int, int]) -> None:
    blocks = np.random.default_rng(0).integers(0, 256, (size[0] // 2, size[1] // 2, 3), np.uint8)
    pixels = blocks.repeat(2, axis=0).repeat(2, axis=1)
    # FFmpeg's own 4:2:0 mixes the chroma of neighbours, which players undo
    full = av.VideoFrame.from_ndarray(pixels, format="rgb24").to_ndarray(format="yuv444p").astype(int)
    picture = converted(pixels).astype(int)
    assert np.abs(picture[: size[0]] - full[0]).max() <= 1
    chroma = picture[size[0] :].reshape(2, size[0] // 2, size[1] // 2)
    assert np.abs(chroma - full[1:, ::2, ::2]).max() <= 1


def test_colours_are_averaged_over_four_pixels() -> None:
    pixels = np.zeros((2, 2, 3), np.uint8)
    pixels[0, :, 2] = 255
    assert converted(pixels)[2].tolist() == [184, 119]  # U and V, half way between black's and blue's


def test_white_and_black_have_limited_range() -> None:
    assert (converted(np.full((2, 2, 3), 255, np.uint8)) == [[235, 235], [235, 235], [128, 128]]).all()
    assert (converted(np.zeros((2, 2, 3), np.uint8)) == [[16, 16], [16, 16], [128, 128]]).all()


def test_only_the_rectangle_is_converted() -> None:
    picture = np.zeros((12, 8), np.uint8)
    to_yuv(np.full((8, 8), 0xFFFFFF, np.int32), np.array([2, 4, 6, 8], np.int32), picture)
    assert (picture[4:8, 2:6] == 235).all()
    assert (picture[:4] == 0).all()
    assert (picture[8:].reshape(2, 4, 4)[:, 2:, 1:3] == 128).all()
    assert np.count_nonzero(picture[8:]) == 8
