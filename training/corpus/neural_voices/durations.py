"""From the durations that a neural voice predicts for its phonemes to the phones that are heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from training import phones
from training.phones import Phone

UNIT = 0.025
"""Seconds per unit of duration."""
LATE = 0.055
"""Seconds by which the durations lag behind the sound (against forced alignment, and the dips of p and b)."""
BLANK = 0.1
"""Silences shorter than this, in seconds, are blanks between words without a pause."""
STRESS = frozenset("ˈˌ→↗↘↓")
LENGTH = frozenset("ːʰʲᵝ\u0303")
PAUSES = frozenset(' ;:,.!?—…"()“”')


@dataclass(frozen=True, slots=True)
class Segment:
    """A phoneme with its marks, or a pause (an empty text), from `start` to `end` in seconds."""

    text: str
    start: float
    end: float


def heard(phonemes: Sequence[str], durations: Sequence[float]) -> list[Phone]:
    """Returns the phones from phonemes (one character each, "" for padding) and their durations in units."""
    return [
        phone
        for segment in corrected(segments(phonemes, durations))
        for phone in phones.spread(phones.from_misaki(segment.text), segment.start, segment.end)
    ]


def segments(phonemes: Sequence[str], durations: Sequence[float]) -> list[Segment]:
    """Returns consecutive segments: a stress mark counts to the next one, a length mark to the one before it."""
    out: list[Segment] = []
    start = at = 0.0
    for sign, units in zip(phonemes, durations, strict=True):
        at += float(units) * UNIT
        if sign in STRESS:
            continue
        text = "" if sign in PAUSES or not sign else sign
        if out and (sign in LENGTH or (not text and not out[-1].text)):
            out[-1] = replace(out[-1], text=out[-1].text + text, end=at)
        else:
            out.append(Segment(text, start, at))
        start = at
    return out


def corrected(raw: Sequence[Segment]) -> list[Segment]:
    """Divides blanks between the segments beside them, and moves all boundaries but the last to where the sound is."""
    out: list[Segment] = []
    start = raw[0].start
    for i, segment in enumerate(raw):
        inner = 0 < i < len(raw) - 1
        if inner and not segment.text and segment.end - segment.start < BLANK:
            start = (segment.start + segment.end) / 2
            out[-1] = replace(out[-1], end=start)
        else:
            out.append(Segment(segment.text, start, segment.end))
            start = segment.end
    last = out[-1].end
    moved = [Segment(s.text, max(s.start - LATE, 0.0), max(s.end - LATE, 0.0)) for s in out]
    moved[-1] = replace(moved[-1], end=last)
    return [s for s in moved if s.end > s.start]
