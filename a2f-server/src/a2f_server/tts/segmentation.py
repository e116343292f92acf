"""Splits text into segments that are synthesised one after another, so the first audio of a long text comes early."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

FIRST_BYTES, MOST_BYTES = 120, 240
"""Bytes of UTF-8, a rough measure of length: about 8 and 16 seconds of speech, synthesised in about 6 and 12 ms."""
_CUTS = (
    re.compile(r"(?:(?<=\w{4})\.|[!?…])[\"'”’»)\]]*\s+|[。！？।؟]+\s*|\n\s*\n"),  # not after the dot of "Dr."
    re.compile(r"[,;:،؛]\s+|[，、；：]\s*|\s[–—-]\s"),
    re.compile(r"\s+"),
)
_MARKED = re.compile(r"(?:[.,;:!?…。，、！？；：،؛؟।॥][\"'“”’»«)\]\s]*|\n\s*\n\s*)\Z")


def segments(text: str, first: int = FIRST_BYTES, most: int = MOST_BYTES) -> Iterator[tuple[int, str]]:
    """Yields the text in pieces with their positions, cut after sentences, else after commas, else between words.

    `first` and `most` are the lengths of the first piece and of the others, in bytes of UTF-8.

    Pieces without anything to say are left out: espeak-ng would read isolated punctuation marks by name.
    """
    text, limit, at = _sanitised(text), first, 0
    while text:
        cut, limit = _cut(text, limit), most
        if any(map(_speakable, text[:cut])):
            yield at, text[:cut]
        text, at = text[cut:], at + cut


def _speakable(sign: str) -> bool:
    return sign.isalnum() or sign in "@#%&" or unicodedata.category(sign) in ("Sc", "Sm", "So")


def ends_with_pause(segment: str) -> bool:
    """Returns whether the segment ends with punctuation that implies a pause."""
    return bool(_MARKED.search(segment))


def _cut(text: str, size: int) -> int:
    most = _fits(text, size)
    if most == len(text):
        return most
    for pattern in _CUTS:
        ends = [found.end() for found in pattern.finditer(text, 0, most) if found.end() > most // 4]
        if ends:
            return ends[-1]
    return most


def _fits(text: str, size: int) -> int:
    """Returns the number of characters in the first `size` bytes, at least one."""
    return max(1, len(text[:size].encode("utf-8", "replace")[:size].decode("utf-8", "ignore")))


def _sanitised(text: str) -> str:
    """Blanks out text that breaks espeak-ng, without changing the length: control characters, which are commands to
    it, backticks, which make its Vietnamese voice crash or hang, and long runs of one punctuation mark."""
    plain = "".join(" " if c == "`" or (c != "\n" and unicodedata.category(c) == "Cc") else c for c in text)
    return re.sub(r"([^\w\s])\1{3,}", lambda run: run[1] * 3 + " " * (len(run[0]) - 3), plain)
