"""Pictures for tests: the sample painting, turned, scaled and damaged."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import a2f_server.portrait

SAMPLE = Path(a2f_server.portrait.__file__).parent / "sample.jpg"


def painting() -> Image.Image:
    """Returns the sample: a woman who looks towards the viewer, turned by about 30 degrees, 512 × 512."""
    return Image.open(SAMPLE).convert("RGB")


def encoded(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """Returns a file."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def side_by_side(*pictures: Image.Image) -> Image.Image:
    """Returns pictures next to each other, on grey."""
    whole = Image.new("RGB", (sum(each.width for each in pictures), max(each.height for each in pictures)), "grey")
    x = 0
    for each in pictures:
        whole.paste(each, (x, 0))
        x += each.width
    return whole


def noise(size: tuple[int, int]) -> Image.Image:
    """Returns coloured noise."""
    return Image.fromarray(np.random.default_rng(1).integers(0, 255, (*size[::-1], 3), np.uint8))
