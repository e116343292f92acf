"""Aligns the words of a text with those that were read: numbers, dates and abbreviations are spoken in other words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

WordGroup = tuple[range, range]
"""Consecutive words of the text, and the consecutive spoken words that they were read as."""


def aligned(written: Sequence[str], spoken: Sequence[str]) -> list[WordGroup]:
    """Returns the smallest groups in order: pairs of equal words, and between them those that were replaced. Written
    words that are not spoken, and spoken ones that are not written, are left out where nothing stands beside them."""
    out: list[WordGroup] = []
    for kind, a, b, c, d in SequenceMatcher(None, written, spoken, autojunk=False).get_opcodes():
        if kind in ("equal", "replace"):
            out += _divided(range(a, b), range(c, d))
    return out


def _divided(written: range, spoken: range) -> Iterator[WordGroup]:
    """Divides a group evenly: the words of "10 km" are about as many as what they are read as."""
    count = min(len(written), len(spoken))
    for i in range(count):
        yield _part(written, i, count), _part(spoken, i, count)


def _part(words: range, i: int, count: int) -> range:
    return words[len(words) * i // count : len(words) * (i + 1) // count]
