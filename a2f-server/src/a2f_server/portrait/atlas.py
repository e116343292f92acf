"""The texture: the picture, and below it a strip with patches for what the picture hides."""

from __future__ import annotations

import io

from PIL import Image

from a2f_server.face_shapes.vectors import Float64Array

GAP = 4
"""Pixels between two patches, so that JPEG's blocks and filtering do not mix them."""
QUALITIES, SCALES = (90, 82, 70, 50), (1, 0.7, 0.5)
MOST_BYTES = 270_000


class Atlas:
    """Places patches below a picture."""

    def __init__(self, picture: Image.Image) -> None:
        self._picture = picture
        self._patches: list[tuple[Image.Image, int, int]] = []
        self._x, self._y, self._row = 0, picture.height + GAP, 0

    def add(self, patch: Image.Image) -> tuple[int, int]:
        """Adds a patch; returns its left and top pixel."""
        if self._x and self._x + patch.width > self._picture.width:
            self._x, self._y, self._row = 0, self._y + self._row + GAP, 0
        at = self._x, self._y
        self._patches.append((patch, *at))
        self._x += patch.width + GAP
        self._row = max(self._row, patch.height)
        return at

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._picture.width, self._y + self._row

    def share(self, at: Float64Array) -> Float64Array:
        """Converts pixels to fractions of the size."""
        return at / self.size

    def jpeg(self) -> bytes:
        """Returns the texture, encoded at the best quality that is not too large."""
        whole = Image.new("RGB", self.size)
        whole.paste(self._picture, (0, 0))
        for patch, x, y in self._patches:
            whole.paste(patch, (x, y))
        for share in SCALES:
            size = (round(whole.width * share), round(whole.height * share))
            smaller = whole if share == 1 else whole.resize(size, Image.Resampling.LANCZOS)
            for quality in QUALITIES:
                file = io.BytesIO()
                smaller.save(file, "JPEG", quality=quality, optimize=True)
                if file.tell() <= MOST_BYTES:
                    return file.getvalue()
        return file.getvalue()
