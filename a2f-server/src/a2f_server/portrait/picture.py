"""Reads a picture as upright 8-bit RGB of a limited size, with white in place of transparency."""

from __future__ import annotations

import io
import warnings

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from a2f_server.errors import BadPicture, TooLarge, UnsupportedPicture

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF")
"""Formats that are read; files are recognised by content. Pillow's other formats are riskier and rarely used."""
MOST_PIXELS = 40_000_000
"""Maximum pixels, checked before decoding: 40 million take 120 MB."""
MOST_SIDE = 1600
"""Pixels of the longer side; a larger picture is scaled down."""


def read_picture(data: bytes) -> Image.Image:
    """Returns the picture as RGB, at most MOST_SIDE pixels wide and high; the first frame of an animation.

    Raises UnsupportedPicture if it is not one, BadPicture if it is damaged or cut off, and TooLarge if it has more than
    MOST_PIXELS.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns about damaged metadata and about files that are refused here
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                _check_size(picture)
                picture.draft("RGB", (MOST_SIDE, MOST_SIDE))  # a JPEG can be decoded at a fraction of its size
                return _prepared(picture)
    except Image.DecompressionBombError:
        raise _too_large() from None
    except UnidentifiedImageError:
        raise UnsupportedPicture(f"this is not a supported picture; send one of {', '.join(FORMATS)}") from None
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise BadPicture(f"this picture is damaged or cut off ({str(error)[:80]}); save it again as PNG") from None


def _check_size(picture: Image.Image) -> None:
    if picture.width * picture.height > MOST_PIXELS:
        raise _too_large()


def _too_large() -> TooLarge:
    return TooLarge(f"this picture has more than {MOST_PIXELS // 1_000_000} million pixels; make it smaller")


def _prepared(picture: Image.Image) -> Image.Image:
    picture.load()
    small = _reduced(picture)
    upright = ImageOps.exif_transpose(small) or small
    return _on_white(_eight_bits(upright))


def _reduced(picture: Image.Image) -> Image.Image:
    """Scales a large picture down before it is processed."""
    if max(picture.size) <= MOST_SIDE:
        return picture
    if picture.mode not in ("1", "P", "PA"):
        exif = picture.getexif()
        picture.thumbnail((MOST_SIDE, MOST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
        picture.info["exif"] = exif.tobytes()
        return picture
    wide = picture.convert("RGBA")
    wide.thumbnail((MOST_SIDE, MOST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return wide


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Scales 16 and 32 bits to 8: Pillow's `convert` would clip them."""
    if not picture.mode.startswith(("I", "F")):
        return picture
    values = np.asarray(picture, np.float64)
    top = 65535.0 if picture.mode.startswith("I") and values.max(initial=0) > 255 else max(values.max(initial=0), 1.0)
    return Image.fromarray(np.clip(values * (255 / top), 0, 255).astype(np.uint8))


def _on_white(picture: Image.Image) -> Image.Image:
    """Returns RGB; transparency becomes white."""
    if picture.has_transparency_data:
        rgba = picture.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(white, rgba).convert("RGB")
    return picture.convert("RGB")
