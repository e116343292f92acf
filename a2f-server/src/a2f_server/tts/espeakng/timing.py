"""espeak-ng's marks → when the mouth says what, and when each word is said. All in samples of one block."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from a2f_server.arrays import Int16Array
from a2f_server.tts import ipa

WORD, PHONEME = 1, 7
SHORTEST_PAUSE_S = 0.07
"""Gaps between two words that are shorter do not close a mouth."""
LONGEST_CLOSURE_S = 0.12
BLOCK_S = 0.005


class Mark(NamedTuple):
    """One of espeak-ng's events: a WORD or PHONEME at `sample`; `position` counts the text's characters from 1."""

    type: int
    sample: int
    position: int
    name: str


@dataclass(frozen=True, slots=True)
class Span:
    """One sound: `faces` are viseme ids in turn, none for a sign that only prolongs what precedes."""

    start: int
    end: int
    faces: tuple[int, ...]
    shuts: bool = False

    @property
    def pause(self) -> bool:
        """Whether nothing is said."""
        return self.faces == (ipa.SILENCE,)


def spans(marks: list[Mark], samples: Int16Array, rate: int, *, final: bool = True) -> list[Span]:
    """The sounds, with their closures; nothing where nothing is said. A final block keeps the pause at its end."""
    said = [mark for mark in marks if mark.type == PHONEME]
    ends = [mark.sample for mark in said[1:]] + [len(samples)]
    raw = [_span(mark, end) for mark, end in zip(said, ends, strict=True) if end > mark.sample]
    if all(span.pause or not span.faces for span in raw):
        return []
    whole = [Span(0, raw[0].start, (ipa.SILENCE,)), *raw] if raw[0].start else raw
    return _closed(_bridged(_joined(whole), int(SHORTEST_PAUSE_S * rate), final), samples, rate)


def _span(mark: Mark, end: int) -> Span:
    quiet = not mark.name or mark.name.startswith("(")  # a language's name in brackets: it goes on in that one
    faces = (ipa.SILENCE,) if quiet else ipa.faces(mark.name)
    return Span(mark.sample, end, faces, not quiet and ipa.shuts(mark.name))


def _joined(raw: list[Span]) -> list[Span]:
    """Pauses in a row as one."""
    out: list[Span] = []
    for span in raw:
        if out and span.pause and out[-1].pause:
            out[-1] = replace(out[-1], end=span.end)
        else:
            out.append(span)
    return out


def _bridged(whole: list[Span], shortest: int, final: bool) -> list[Span]:
    """Without short pauses: the first belongs to what follows, the others to what precedes."""
    if whole[0].pause and whole[0].end < shortest:
        whole = [replace(whole[1], start=0), *whole[2:]]
    kept = whole[-1:] if final else []
    rest = whole[:-1] if final else whole
    return [replace(s, faces=()) if s.pause and s.end - s.start < shortest else s for s in rest] + kept


def _closed(whole: list[Span], samples: Int16Array, rate: int) -> list[Span]:
    """espeak-ng's voiceless stops begin at their burst, and the shut part before it is counted to what precedes.

    It is given back to them: the quiet stretch before the burst.
    """
    out: list[Span] = []
    heights = np.abs(samples.astype(np.int32))
    for span in whole:
        if span.shuts and out:
            before = out[-1]
            earliest = before.start if before.pause or not before.faces else (before.start + before.end) // 2
            begin = max(_quiet_from(heights, rate, span.start), earliest)
            out[-1] = replace(before, end=begin)
            span = replace(span, start=begin)  # noqa: PLW2901
        out.append(span)
    return [span for span in out if span.end > span.start]


def _quiet_from(heights: NDArray[np.int32], rate: int, burst: int) -> int:
    """Where the quiet before a burst begins: blocks under 3 % of what is loudest in the half second before."""
    size = int(BLOCK_S * rate)
    count = min(int(LONGEST_CLOSURE_S * rate), burst) // size
    if count < 2:
        return burst
    blocks = heights[burst - count * size : burst].reshape(count, size).max(1)
    threshold = max(0.03 * float(heights[max(0, burst - rate // 2) : burst].max()), 60.0)
    loud = np.flatnonzero(blocks > threshold)
    quiet = count - 1 - int(loud[-1]) if len(loud) else count
    return burst - quiet * size


def visemes(whole: list[Span]) -> list[tuple[int, int]]:
    """(sample, viseme id), by time, the first at 0; the faces of one sound share its time equally."""
    out: list[tuple[int, int]] = []
    for span in whole:
        step = (span.end - span.start) / max(1, len(span.faces))
        for i, face in enumerate(span.faces):
            if not out or out[-1][1] != face:
                out.append((span.start + int(i * step) if out else 0, face))
    return out


_TOKEN = re.compile(r"[^\s/–—-]+")
_AROUND = " \t\n\r.,;:!?…\"'“”‘’‚„«»‹›()[]{}¡¿、。，！？；：「」『』（）،؛؟।॥/–—-"


def words(marks: list[Mark], text: str, whole: list[Span]) -> list[tuple[int, int, str]]:
    """(start, end, the word as it stands in the text without the marks around it), by time."""
    begins = _begins([mark for mark in marks if mark.type == WORD], text)
    out = []
    for i, (sample, at) in enumerate(begins):
        until, stop = begins[i + 1] if i + 1 < len(begins) else (whole[-1].end if whole else 0, len(text))
        end = max((min(s.end, until) for s in whole if s.start < until and s.faces and not s.pause), default=sample)
        word = text[at if i else 0 : stop].strip(_AROUND)
        if word and end > sample:
            out.append((sample, end, word))
    return out


def _begins(marks: list[Mark], text: str) -> list[tuple[int, int]]:
    """(sample, index into the text) of each word. espeak-ng marks every part of a number or an address: the first
    counts. It leaves some words unmarked: they stay with the one before."""
    out: list[tuple[int, int]] = []
    for mark in marks:
        at = _word_at(text, mark.position - 1)
        if at is not None and (not out or (at > out[-1][1] and mark.sample > out[-1][0])):
            out.append((mark.sample, at))
    return out


def _word_at(text: str, at: int) -> int | None:
    """The beginning of the word that holds the character, or of the next one."""
    for token in _TOKEN.finditer(text):
        if at < token.end():
            return at if at > token.start() and _splits(text, at) else token.start()
    return None


def _splits(text: str, at: int) -> bool:
    """Whether a word may begin there without a space before it, as in Chinese."""
    return any(unicodedata.east_asian_width(c) in "WF" for c in text[at - 1 : at + 1])
