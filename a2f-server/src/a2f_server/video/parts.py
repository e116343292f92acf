"""The pieces of a video on their way from the encoder to players."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

PARTS_PER_SECOND = 5
PARTS_PER_SEGMENT = 5
"""A segment lasts about a second and begins with a key frame."""
FIRST_SEGMENT_PARTS = 1
"""The first segment is short, since hls.js rejects a playlist without a whole segment."""


def begins_segment(part: int) -> bool:
    """Returns whether the part with this number is the first of its segment."""
    return part == 0 or (part - FIRST_SEGMENT_PARTS) % PARTS_PER_SEGMENT == 0


def segment_parts(segment: int) -> int:
    """Returns the number of parts of a whole segment."""
    return PARTS_PER_SEGMENT if segment else FIRST_SEGMENT_PARTS


@dataclass(frozen=True, slots=True)
class VideoPart:
    """A fragment of MP4 that a player can append to those before it."""

    data: bytes
    frames: int
    duration: Fraction
    """Seconds."""
    independent: bool
    """True if it begins with a key frame: a segment begins."""
