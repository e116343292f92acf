"""From the durations that hibari and Kokoro predict for their phonemes to the times at which these are heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
class PhonemeSpan:
    """A phoneme with its marks, or a pause (an empty text), from `start` to `end` in seconds."""

    text: str
    start: float
    end: float
    index: int = 0
    """Position of its first letter in the sequence of phonemes."""


def spans(phonemes: Sequence[str], durations: Sequence[float]) -> list[PhonemeSpan]:
    """Returns consecutive spans: a stress mark counts to the next one, a length mark to the one before it.

    `phonemes` are one letter each, "" for padding; `durations` are in units.
    """
    out: list[PhonemeSpan] = []
    start = at = 0.0
    for i, (sign, units) in enumerate(zip(phonemes, durations, strict=True)):
        at += float(units) * UNIT
        if sign in STRESS:
            continue
        text = "" if sign in PAUSES or not sign else sign
        if out and (sign in LENGTH or (not text and not out[-1].text)):
            out[-1] = replace(out[-1], text=out[-1].text + text, end=at)
        else:
            out.append(PhonemeSpan(text, start, at, i))
        start = at
    return out


def corrected(raw: Sequence[PhonemeSpan]) -> list[PhonemeSpan]:
    """Divides blanks between the spans beside them, and moves all boundaries but the last to where the sound is."""
    out: list[PhonemeSpan] = []
    start = raw[0].start
    for i, span in enumerate(raw):
        inner = 0 < i < len(raw) - 1
        if inner and not span.text and span.end - span.start < BLANK:
            start = (span.start + span.end) / 2
            out[-1] = replace(out[-1], end=start)
        else:
            out.append(replace(span, start=start))
            start = span.end
    last = out[-1].end
    moved = [replace(s, start=max(s.start - LATE, 0.0), end=max(s.end - LATE, 0.0)) for s in out]
    moved[-1] = replace(moved[-1], end=last)
    return [s for s in moved if s.end > s.start]
