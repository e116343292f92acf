"""Converts espeak-ng's marks to times of visemes and words, all in samples of one segment."""

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
"""Shorter gaps between words do not close the mouth."""
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
    """One phone: `visemes` are its viseme ids in order, none for a mark that only lengthens the phone before it.

    `phoneme` is its name in IPA, "" for a pause."""

    start: int
    end: int
    visemes: tuple[int, ...]
    begins_closed: bool = False
    phoneme: str = ""

    @property
    def pause(self) -> bool:
        return self.visemes == (ipa.SILENCE,)


def spans(marks: list[Mark], samples: Int16Array, rate: int, *, final: bool = True) -> list[Span]:
    """Returns the phones with their closures, [] if nothing is spoken. A final segment keeps the pause at its end."""
    phones = [mark for mark in marks if mark.type == PHONEME]
    ends = [mark.sample for mark in phones[1:]] + [len(samples)]
    raw = [_span(mark, end) for mark, end in zip(phones, ends, strict=True) if end > mark.sample]
    if all(span.pause or not span.visemes for span in raw):
        return []
    whole = [Span(0, raw[0].start, (ipa.SILENCE,)), *raw] if raw[0].start else raw
    return _closed(_bridged(_joined(whole), int(SHORTEST_PAUSE_S * rate), final), samples, rate)


def _span(mark: Mark, end: int) -> Span:
    quiet = not mark.name or mark.name.startswith("(")  # a language in brackets: the voice continues in it
    visemes = (ipa.SILENCE,) if quiet else ipa.viseme_ids(mark.name)
    if quiet:
        return Span(mark.sample, end, visemes)
    return Span(mark.sample, end, visemes, ipa.begins_closed(mark.name), ipa.plain(mark.name))


def _joined(raw: list[Span]) -> list[Span]:
    """Merges consecutive pauses."""
    out: list[Span] = []
    for span in raw:
        if out and span.pause and out[-1].pause:
            out[-1] = replace(out[-1], end=span.end)
        else:
            out.append(span)
    return out


def _bridged(whole: list[Span], shortest: int, final: bool) -> list[Span]:
    """Removes short pauses: an initial one is added to the phone after it, the others to the phone before."""
    if whole[0].pause and whole[0].end < shortest:
        whole = [replace(whole[1], start=0), *whole[2:]]
    kept = whole[-1:] if final else []
    rest = whole[:-1] if final else whole
    return [replace(s, visemes=(), phoneme="") if s.pause and s.end - s.start < shortest else s for s in rest] + kept


def _closed(whole: list[Span], samples: Int16Array, rate: int) -> list[Span]:
    """Moves the closure of voiceless stops, the quiet stretch before the burst, from the preceding phone to the stop.

    espeak-ng's marks place such stops at their burst.
    """
    out: list[Span] = []
    heights = np.abs(samples.astype(np.int32))
    for span in whole:
        if span.begins_closed and out:
            before = out[-1]
            earliest = before.start if before.pause or not before.visemes else (before.start + before.end) // 2
            begin = max(_quiet_from(heights, rate, span.start), earliest)
            out[-1] = replace(before, end=begin)
            span = replace(span, start=begin)  # noqa: PLW2901
        out.append(span)
    return [span for span in out if span.end > span.start]


def _quiet_from(heights: NDArray[np.int32], rate: int, burst: int) -> int:
    """Returns the start of the quiet before a burst: blocks below 3 % of the peak in the half second before it."""
    size = int(BLOCK_S * rate)
    count = min(int(LONGEST_CLOSURE_S * rate), burst) // size
    if count < 2:
        return burst
    blocks = heights[burst - count * size : burst].reshape(count, size).max(1)
    threshold = max(0.03 * float(heights[max(0, burst - rate // 2) : burst].max()), 60.0)
    loud = np.flatnonzero(blocks > threshold)
    quiet = count - 1 - int(loud[-1]) if len(loud) else count
    return burst - quiet * size


def visemes(whole: list[Span]) -> list[tuple[int, int, str]]:
    """Returns (sample, viseme id, phonemes) by time, as `ipa.merged` does. The visemes of one phone share its time
    equally; the first one has its name."""
    return ipa.merged(
        (span.start + int(i * ((span.end - span.start) / len(span.visemes))), number, "" if i else span.phoneme)
        for span in whole
        for i, number in enumerate(span.visemes)
    )


_TOKEN = re.compile(r"[^\s/–—-]+")
_AROUND = " \t\n\r.,;:!?…\"'“”‘’‚„«»‹›()[]{}¡¿、。，！？；：「」『』（）،؛؟।॥/–—-"


def words(marks: list[Mark], text: str, whole: list[Span]) -> list[tuple[int, int, str]]:
    """Returns (start, end, the word as written in the text, without surrounding punctuation) by time."""
    begins = _begins([mark for mark in marks if mark.type == WORD], text)
    out = []
    for i, (sample, at) in enumerate(begins):
        until, stop = begins[i + 1] if i + 1 < len(begins) else (whole[-1].end if whole else 0, len(text))
        end = max((min(s.end, until) for s in whole if s.start < until and s.visemes and not s.pause), default=sample)
        word = text[at if i else 0 : stop].strip(_AROUND)
        if word and end > sample:
            out.append((sample, end, word))
    return out


def reached(marks: list[Mark], text: str, at: int, end: int) -> int:
    """Returns the sample of the first word at or after the character at index `at`; `end` if there is none."""
    begins = _begins([mark for mark in marks if mark.type == WORD], text)
    first = next((start for start in range(at, len(text)) if not text[start].isspace()), len(text))
    return next((sample for sample, word in begins if word >= first), end)


def _begins(marks: list[Mark], text: str) -> list[tuple[int, int]]:
    """Returns (sample, index into the text) of each word. espeak-ng marks every part of a number or an address; only
    the first mark counts. It leaves some words unmarked; those are joined to the word before."""
    out: list[tuple[int, int]] = []
    for mark in marks:
        at = _word_at(text, mark.position - 1)
        if at is not None and (not out or (at > out[-1][1] and mark.sample > out[-1][0])):
            out.append((mark.sample, at))
    return out


def _word_at(text: str, at: int) -> int | None:
    """Returns the start of the word that contains the character, or of the next word."""
    for token in _TOKEN.finditer(text):
        if at < token.end():
            return at if at > token.start() and _splits(text, at) else token.start()
    return None


def _splits(text: str, at: int) -> bool:
    """Returns whether a word may start there without a space before it, as in Chinese."""
    return any(unicodedata.east_asian_width(c) in "WF" for c in text[at - 1 : at + 1])
