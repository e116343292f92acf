"""The frame clock: times of frames, and the number of frames of an utterance. Exact, in integers.

Frame i is the face at t = i / fps, and N samples at rate r have ceil(N · fps / r) frames (docs/protocol.md, "The frame
clock").
"""

from __future__ import annotations

from fractions import Fraction


def frame_count(samples: int, rate: int, fps: int) -> int:
    """Returns the number of frames: ceil(samples · fps / rate)."""
    return -(-samples * fps // rate)


def samples_due(frame: int, fps: int, lookahead: Fraction, rate: int) -> int:
    """Returns the number of samples after which a frame is due: ceil((frame / fps + lookahead) · rate)."""
    exact = (Fraction(frame, fps) + lookahead) * rate
    return -(-exact.numerator // exact.denominator)


def native_position(frame: int, fps: int, frame_rate: int) -> tuple[int, Fraction]:
    """Returns a frame's position among the native frames: (index of the one before, fraction towards the next)."""
    index, rest = divmod(frame * frame_rate, fps)
    return index, Fraction(rest, fps)
