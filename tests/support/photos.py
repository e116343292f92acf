"""Photos as clients send them: the package's sample, once or several times in one picture."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

import a2f_server.portrait

SAMPLE = (Path(a2f_server.portrait.__file__).parent / "sample.jpg").read_bytes()
"""A painting of one woman, 512 × 512."""


def picture(*faces: int, side: int = 512, kind: str = "JPEG") -> bytes:
    """Returns a white square with the sample on it, once for each width in pixels, from left to right."""
    paper, left = Image.new("RGB", (side, side), "white"), 0
    for width in faces:
        sample = Image.open(io.BytesIO(SAMPLE))
        sample.thumbnail((width, side))
        paper.paste(sample, (left, 0))
        left += width
    out = io.BytesIO()
    paper.save(out, kind)
    return out.getvalue()
