"""Finds the ARKit shape that the name of a morph target stands for, as the browser client does.

Case, separators, prefixes and the numbers of copies do not matter, sides may be single letters, and a shape may be
split into parts: `eyeBlink_L`, `Head.A14_Eye_Blink_Left`, `CTRL_expressions_jawOpen`, `mouthFunnelUp`. Names of
systems that call the shapes differently are supported only by the browser client (web/src/shape_synonyms.js).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from a2f_server import arkit

_PARTS = [part + side for part in ("", "up", "down", "u", "d") for side in ("", "l", "r", "left", "right")]
_GAZE_STEM = {
    "eyelook{}l": (("left", "OutLeft"), ("right", "InLeft")),
    "eyelook{}r": (("left", "InRight"), ("right", "OutRight")),
}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\x00-\x7f]+")
MOST_WORDS = 20
_SUFFIX = re.compile(r"\d+|ncl|div|copy|dup")


class Match(NamedTuple):
    """A name that stands for an ARKit shape, or for a part of one."""

    shape: int
    part: str
    """Empty for the whole shape, else which part of a split shape."""
    prefix: int
    """Words before the name of the shape."""
    suffix: int
    """Words after it."""


def words_of(name: str) -> list[str]:
    """Splits a name into words in lower case, at separators, changes of case, and digits."""
    return [word.lower() for word in _WORD.findall(name)]


def match_shape(name: str) -> Match | None:
    """Returns the shape that a name stands for, or None."""
    words = words_of(name)
    if len(words) > MOST_WORDS:  # the time grows with the cube
        return None
    for suffix in range(len(words)):
        if suffix and not _SUFFIX.fullmatch(words[-suffix]):
            break
        for prefix in range(len(words) - suffix):
            known = _SPELLINGS.get("".join(words[prefix : len(words) - suffix]))
            if known is not None:
                return Match(*known, prefix, suffix)
    return None


def _spellings() -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for shape, name in enumerate(arkit.NAMES):
        lower = name.lower()
        sided = re.fullmatch(r"(.*)(left|right)", lower)
        found[lower] = (shape, "")
        if sided:
            found[sided[1] + sided[2][0]] = (shape, "")
        for part in ("u", "d") if sided else _PARTS[1:]:
            found.setdefault(f"{sided[1]}{part}{sided[2][0]}" if sided else lower + part, (shape, part))
    for stem, ways in _GAZE_STEM.items():
        found |= {stem.format(way): (arkit.INDEX[f"eyeLook{shape}"], "") for way, shape in ways}
    return found


_SPELLINGS = _spellings()
