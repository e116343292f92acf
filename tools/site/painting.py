"""The avatar of the sample painting, Raphael's La velata (public domain)."""

from __future__ import annotations

from pathlib import Path

import a2f_server
from a2f_server.errors import A2FError
from a2f_server.portrait.loading import load_maker

PAINTING = Path(a2f_server.__file__).parent / "portrait/sample.jpg"


def write(path: Path) -> None:
    """Writes a GLB. Raises ValueError if a package is missing."""
    try:
        path.write_bytes(load_maker().make(PAINTING.read_bytes(), 0, crop=True).glb)
    except A2FError as error:
        raise ValueError(error.message) from None
