"""Decodes the images in a GLB file with Pillow, limiting their size."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable

import numpy as np

from a2f_server.errors import BadAvatar, NotInstalled, TooLarge
from a2f_server.glb.model import UInt8Array

MOST_PIXELS = 34_000_000
"""Pixels of an image, checked before it is decoded: 8192 × 4096."""
MOST_PIXELS_IN_ALL = 200_000_000
"""Pixels of all images of a file. A flat picture of many takes a few bytes, and a tenth of a second."""
MOST_SIDE = 2048
"""Pixels of the longer side; a larger image is scaled down."""
_FORMATS = ("JPEG", "PNG", "WEBP")


class Images:
    """Decodes the images of one file."""

    def __init__(self) -> None:
        self._left = MOST_PIXELS_IN_ALL

    def read(self, data: bytes) -> UInt8Array:
        """Returns `[height, width, 4]`: sRGB and alpha.

        Raises BadAvatar if it cannot be read, TooLarge beyond MOST_PIXELS and MOST_PIXELS_IN_ALL, NotInstalled without
        Pillow.
        """
        return _read(data, self._spend)

    def _spend(self, width: int, height: int) -> None:
        self._left -= width * height
        if width * height > MOST_PIXELS or self._left < 0:
            raise TooLarge(f"the textures of this avatar have too many pixels, one {width} × {height}; make it smaller")


def _read(data: bytes, check: Callable[[int, int], None]) -> UInt8Array:
    try:
        from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - an optional package
    except ImportError:
        raise NotInstalled("textures of avatars need Pillow: pip install 'a2f-server[portrait]'") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns about damaged metadata and about files that are refused here
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                check(image.width, image.height)
                image.draft("RGB", (MOST_SIDE, MOST_SIDE))  # a JPEG is decoded at a fraction of its size
                image.load()
                return _pixels(image.convert("RGBA"))
    except UnidentifiedImageError:
        raise BadAvatar("a texture of this avatar cannot be read; export it with PNG or JPEG textures") from None
    except Image.DecompressionBombError:
        raise TooLarge("a texture of this avatar has too many pixels; make it smaller") from None
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, IndexError, OverflowError):
        raise BadAvatar("a texture of this avatar is damaged or cut off; export it again") from None


def resized(texels: UInt8Array, width: int, height: int) -> UInt8Array:
    """Returns the image, scaled."""
    from PIL import Image  # noqa: PLC0415 - an optional package

    return np.asarray(Image.fromarray(texels, "RGBA").resize((width, height), Image.Resampling.BOX, reducing_gap=None))


def _pixels(image: object) -> UInt8Array:
    pixels = np.asarray(image)
    height, width = pixels.shape[:2]
    longer = max(width, height)
    if longer <= MOST_SIDE:
        return pixels
    return resized(pixels, max(1, width * MOST_SIDE // longer), max(1, height * MOST_SIDE // longer))
