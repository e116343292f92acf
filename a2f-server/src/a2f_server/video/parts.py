"""The pieces of a video on their way from the encoder to players."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

PARTS_PER_SECOND = 5
PARTS_PER_SEGMENT = 5
"""A segment lasts about a second and begins with a key frame."""


@dataclass(frozen=True, slots=True)
class VideoPart:
    """A fragment of MP4 that a player can append to those before it."""

    data: bytes
    frames: int
    duration: Fraction
    """Seconds."""
    independent: bool
    """True if it begins with a key frame: a segment begins."""
