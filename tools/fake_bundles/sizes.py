"""Sizes of a bundle: small for tests, or those of NVIDIA's bundles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["regression", "diffusion"]
MARKERS, EYES = 5, 4
"""Markers on the lower teeth; eye angles per frame."""


@dataclass(frozen=True)
class Sizes:
    """Vertices of skin, tongue and mask; principal components; width of the GRU's state."""

    kind: Kind
    skin: int = 1000
    tongue: int = 80
    mask: int = 650
    shapes: int = 24
    tongue_shapes: int = 10
    latent: int = 48
    implicit: int = 16
    database: int = 120
    full: bool = False

    @property
    def skin_out(self) -> int:
        """Outputs per frame for the skin."""
        return self.shapes if self.kind == "regression" else 3 * self.skin

    @property
    def tongue_out(self) -> int:
        """Outputs per frame for the tongue."""
        return self.tongue_shapes if self.kind == "regression" else 3 * self.tongue

    @property
    def outputs(self) -> int:
        """Outputs per frame."""
        return self.skin_out + self.tongue_out + 3 * MARKERS + EYES


def small(kind: Kind) -> Sizes:
    """Returns sizes for tests: a few megabytes, written in a second."""
    return Sizes(kind, skin=2000, mask=1300) if kind == "regression" else Sizes(kind)


def real(kind: Kind) -> Sizes:
    """Returns the sizes of v2.3 Mark and v3.0."""
    if kind == "regression":
        return Sizes(kind, 61520, 5602, 10085, shapes=272, database=20600, full=True)
    return Sizes(kind, 24002, 5602, 4262, latent=256, full=True)
