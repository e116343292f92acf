"""Reads any still picture upright, on white and at a limited size; anything else gives an actionable message."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from a2f_server.errors import BadPicture, TooLarge
from a2f_server.portrait.picture import FORMATS, MOST_SIDE, read_picture
from tests.support.pictures import SAMPLE, encoded, painting


def difference(one: Image.Image, other: Image.Image) -> float:
    return float(np.abs(np.asarray(one, float) - np.asarray(other, float)).mean())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM"])
def test_formats(kind: str) -> None:
    assert kind in FORMATS
    picture = painting().resize((64, 64))
    assert difference(read_picture(encoded(picture, kind)), picture) < 12


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "RGBA", "CMYK", "I;16"])
def test_modes(mode: str) -> None:
    picture = painting().resize((64, 64))
    if mode == "I;16":
        grey = np.asarray(picture.convert("L"), np.uint16) * 257
        other: Image.Image = Image.fromarray(grey)
    else:
        other = picture.convert("L").convert("LA") if mode == "LA" else picture.convert(mode)
    read = read_picture(encoded(other, "TIFF" if mode == "CMYK" else "PNG"))
    assert read.mode == "RGB"
    small = [each.convert("L").resize((4, 4), Image.Resampling.BOX) for each in (read, picture)]
    assert difference(*small) < 10


def test_what_is_transparent_becomes_white() -> None:
    clear = Image.new("RGBA", (32, 32), (10, 20, 30, 0))
    assert np.asarray(read_picture(encoded(clear))).min() == 255


def test_the_camera_s_rotation_is_applied() -> None:
    picture = painting().resize((64, 48))
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    read = read_picture(encoded(picture.transpose(Image.Transpose.ROTATE_90), "PNG", exif=exif))
    assert read.size == picture.size
    assert difference(read, picture) < 1


def test_a_large_picture_is_made_smaller() -> None:
    read = read_picture(encoded(painting().resize((3000, 2000)), "JPEG"))
    assert max(read.size) <= MOST_SIDE
    assert read.width * 2 == pytest.approx(read.height * 3, abs=3)


def test_a_large_palette_picture_is_made_smaller() -> None:
    assert max(read_picture(encoded(painting().resize((2000, 1500)).convert("P"), "PNG")).size) == MOST_SIDE


def test_of_an_animation_the_first_picture() -> None:
    frames = [Image.new("RGB", (32, 32), color) for color in ("red", "blue")]
    read = read_picture(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert read.getpixel((5, 5)) == (255, 0, 0)


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    size = 10_000
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    with pytest.raises(TooLarge, match="40 million pixels"):
        read_picture(bomb)


@pytest.mark.parametrize("size", [(20_000, 20_000), (100_000, 100_000)])
def test_a_bomb_beyond_pillow_s_own_limit(size: tuple[int, int]) -> None:
    header = b"P6\n%d %d\n255\n" % size
    with pytest.raises(TooLarge):
        read_picture(header)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00" * 100, b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"RIFF\x00\x00\x00\x00WAVEfmt "],
    ids=["nothing", "zeros", "svg", "pdf", "wav"],
)
def test_what_is_no_picture(data: bytes) -> None:
    with pytest.raises(BadPicture, match="send one of"):
        read_picture(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_picture_that_is_cut_off(kind: str) -> None:
    data = encoded(painting().resize((128, 128)), kind)
    with pytest.raises(BadPicture):
        read_picture(data[: len(data) // 2])


def test_damaged_pictures_never_raise_anything_else() -> None:
    data = bytearray(SAMPLE.read_bytes())
    random = np.random.default_rng(3)
    answers = set()
    for _ in range(30):
        damaged = data.copy()
        for at in random.integers(2, 2000, 12):
            damaged[at] = int(random.integers(256))
        try:
            answers.add(read_picture(bytes(damaged)).mode)
        except (BadPicture, TooLarge) as error:
            answers.add(type(error).__name__)
    assert answers <= {"RGB", "BadPicture", "TooLarge", "UnsupportedPicture"}


def test_the_original_is_closed() -> None:
    read = read_picture(encoded(painting().resize((16, 16))))
    assert read.load() is not None
    assert not isinstance(getattr(read, "fp", None), io.BytesIO)
