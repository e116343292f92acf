"""The frame clock: which instant a frame shows, and how many frames a sound has. Integers only.

Frame i shows the face at t = i / fps exactly, and N samples at rate r have ceil(N · fps / r) frames
(docs/protocol.md, "The frame clock").
"""

from __future__ import annotations

from fractions import Fraction


def frame_count(samples: int, rate: int, fps: int) -> int:
    """ceil(samples · fps / rate); no samples, no frames."""
    return -(-samples * fps // rate)


def samples_due(frame: int, fps: int, lookahead: Fraction, rate: int) -> int:
    """ceil((frame / fps + lookahead) · rate): the samples after which the frame must be there."""
    exact = (Fraction(frame, fps) + lookahead) * rate
    return -(-exact.numerator // exact.denominator)


def native_position(frame: int, fps: int, frame_rate: int) -> tuple[int, Fraction]:
    """Where frame `frame` lies between native frames: (index before it, fraction towards the next)."""
    index, rest = divmod(frame * frame_rate, fps)
    return index, Fraction(rest, fps)
