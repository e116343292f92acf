"""Loads the renderer of a face, and determines the size of its pictures."""

from __future__ import annotations

from collections.abc import Callable

from a2f_server.drawing.contract import FaceRenderer
from a2f_server.errors import A2FError
from a2f_server.glb.container import read_container

LoadRenderer = Callable[[bytes, int, int, bool], FaceRenderer]
"""Returns a renderer of a GLB for this width and height, with or without the label."""

GLB_MAGIC = b"glTF"
_NARROWEST = 0.5


def load_renderer(glb: bytes, width: int, height: int, label: bool) -> FaceRenderer:
    """Returns the renderer of a portrait or any other avatar. Blocking. Raises what `Renderer.from_glb` raises."""
    from a2f_server.drawing.renderer import Renderer  # noqa: PLC0415 - its packages are an extra

    return Renderer.from_glb(glb, width, height, label=label)


def picture_size(glb: bytes, longer: int) -> tuple[int, int]:
    """Blocking: large files take long.

    Returns an even width and height, the longer one at most `longer`: a portrait's own shape, else a square.
    """
    ratio = _portrait_ratio(glb)
    width, height = (longer, longer / ratio) if ratio >= 1 else (longer * ratio, longer)
    return int(width) // 2 * 2, int(height) // 2 * 2


def _portrait_ratio(glb: bytes) -> float:
    """Returns a portrait's aspect ratio; 1 for any other file, and for one that cannot be read."""
    try:
        document, _ = read_container(glb)
        left, bottom, right, top = map(float, document["asset"]["extras"]["portrait"]["frame"])
        ratio = (right - left) / (top - bottom)
    except (A2FError, ValueError, LookupError, TypeError, ArithmeticError):
        return 1.0
    return ratio if _NARROWEST <= ratio <= 1 / _NARROWEST else 1.0
