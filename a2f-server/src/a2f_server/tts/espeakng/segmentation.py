"""Text → blocks that are spoken one after another, so that nobody waits for the end of a long one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

FIRST_BYTES, MOST_BYTES = 120, 240
"""Of UTF-8, a rough measure of how much there is to say: these make 8 and 16 seconds, in some 6 and 12 ms."""
_CUTS = (
    re.compile(r"(?:(?<=\w{4})\.|[!?…])[\"'”’»)\]]*\s+|[。！？।؟]+\s*|\n\s*\n"),  # not after the dot of "Dr."
    re.compile(r"[,;:،؛]\s+|[，、；：]\s*|\s[–—-]\s"),
    re.compile(r"\s+"),
)
_MARKED = re.compile(r"(?:[.,;:!?…。，、！？；：،؛؟।॥][\"'“”’»«)\]\s]*|\n\s*\n\s*)\Z")


def segments(text: str) -> Iterator[str]:
    """Pieces of the text, cut after sentences, else after commas, else between words.

    Those that hold nothing to say are left out: espeak-ng would call lonely marks by their names.
    """
    text, most = _tamed(text), FIRST_BYTES
    while text:
        cut, most = _cut(text, most), MOST_BYTES
        if any(map(_spoken, text[:cut])):
            yield text[:cut]
        text = text[cut:]


def _spoken(sign: str) -> bool:
    return sign.isalnum() or sign in "@#%&" or unicodedata.category(sign) in ("Sc", "Sm", "So")


def ends_with_pause(block: str) -> bool:
    """Whether a mark at its end asks for a pause."""
    return bool(_MARKED.search(block))


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
    """How many characters `size` bytes hold, at least one."""
    return max(1, len(text[:size].encode("utf-8", "replace")[:size].decode("utf-8", "ignore")))


def _tamed(text: str) -> str:
    """As long as before, without what espeak-ng trips over: control characters, which are commands to it, backticks,
    which make its Vietnamese crash or hang, and long rows of one mark."""
    plain = "".join(" " if c == "`" or (c != "\n" and unicodedata.category(c) == "Cc") else c for c in text)
    return re.sub(r"([^\w\s])\1{3,}", lambda row: row[1] * 3 + " " * (len(row[0]) - 3), plain)
