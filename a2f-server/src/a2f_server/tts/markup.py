"""Splits SSML into texts of one style each, for voices that read plain text. (espeak-ng has an SSML parser of its own,
which is not safe for untrusted documents.)
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple
from xml.etree.ElementTree import Element

from a2f_server.tts import ssml


@dataclass(frozen=True, slots=True)
class Style:
    """Speaking style: `rate`, `pitch` and `volume` are factors."""

    voice: str | None = None
    """The voice or the language that applies, whichever is named closer to the text; None selects the request's."""
    speaker: str | None = None
    """The name of the voice only: services recognise the language from the text."""
    rate: float = 1.0
    pitch: float = 1.0
    volume: float = 1.0


NORMAL = Style()


class Bookmark(NamedTuple):
    """A <bookmark> before the character at index `at` of its text."""

    at: int
    name: str


@dataclass(frozen=True, slots=True)
class StyledText:
    """A text in one style."""

    text: str
    style: Style = NORMAL
    bookmarks: tuple[Bookmark, ...] = ()


@dataclass(frozen=True, slots=True)
class Pause:
    """A <break>."""

    seconds: float


LONGEST_PAUSE_S = 20.0
_BREAKS = {"none": 0.0, "x-weak": 0.25, "weak": 0.5, "medium": 0.75, "strong": 1.0, "x-strong": 1.25}
_RATES = {"x-slow": 0.5, "slow": 0.7, "fast": 1.4, "x-fast": 2.0}
_PITCHES = {"x-low": 0.6, "low": 0.8, "high": 1.2, "x-high": 1.4}
_VOLUMES = {"silent": 0.0, "x-soft": 0.3, "soft": 0.65, "loud": 1.3, "x-loud": 1.6}
_EMPHASES = {"reduced": 0.8, "none": 1.0, "moderate": 1.2, "strong": 1.4}
_SPELLED = {"characters", "spell-out", "letters", "digits", "number_digit", "telephone"}
_BOOKMARKS = {"bookmark": "mark", "mark": "name"}
"""Microsoft's element and that of the W3C, with the attribute that has the name."""
_UNSPOKEN = {"metadata", "desc", "lexicon", "audio"}
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def parts(document: str) -> list[StyledText | Pause]:
    """Returns the texts and pauses in order, adjacent texts of one style joined. Raises BadMessage for invalid SSML."""
    root = ssml.parse(document)
    out: list[StyledText | Pause] = []
    for part in _inside(root, Style(voice=root.get(_LANG))):
        last = out[-1] if out else None
        if isinstance(last, StyledText) and isinstance(part, StyledText) and last.style == part.style:
            out[-1] = _joined(last, part)
        elif isinstance(part, Pause) or part.text or part.bookmarks:
            out.append(part)
    return out


def _joined(first: StyledText, second: StyledText) -> StyledText:
    moved = (Bookmark(len(first.text) + at, name) for at, name in second.bookmarks)
    return StyledText(first.text + second.text, first.style, (*first.bookmarks, *moved))


def _inside(element: Element, style: Style) -> Iterator[StyledText | Pause]:
    """Yields an element's text, its children and the text between them, in its style."""
    yield StyledText(_squeezed(element.text), style)
    for child in element:
        yield from _element(child, style)
        yield StyledText(_squeezed(child.tail), style)


def _element(element: Element, style: Style) -> Iterator[StyledText | Pause]:
    name = _name(element)
    if name == "break":
        yield Pause(_break(element))
    elif name in _BOOKMARKS:
        yield StyledText("", style, (Bookmark(0, element.get(_BOOKMARKS[name], "")),))
    elif name == "sub":
        yield StyledText(_squeezed(element.get("alias") or "".join(element.itertext())), style)
    elif name == "say-as" and element.get("interpret-as", "").lower() in _SPELLED:
        yield StyledText(" ".join("".join("".join(element.itertext()).split())), style)
    elif name not in _UNSPOKEN:
        yield from _inside(element, _styled(element, name, style))
        if name in ("p", "s"):
            yield StyledText("\n\n", style)


def _name(element: Element) -> str:
    """Returns the tag without SSML's namespace; "" for Microsoft's elements, of which only the text is spoken."""
    space, _, name = element.tag.rpartition("}")
    return "" if "mstts" in space else name


def _styled(element: Element, name: str, style: Style) -> Style:
    if name == "voice":
        speaker = element.get("name")
        return replace(style, voice=speaker or element.get(_LANG) or style.voice, speaker=speaker or style.speaker)
    if name == "prosody":
        return replace(
            style,
            rate=style.rate * _factor(element.get("rate"), _RATES),
            pitch=style.pitch * _factor(element.get("pitch"), _PITCHES),
            volume=style.volume * _volume(element.get("volume")),
        )
    if name == "emphasis":
        return replace(style, volume=style.volume * _EMPHASES.get(element.get("level", ""), 1.2))
    return replace(style, voice=element.get(_LANG) or style.voice)


def _factor(value: str | None, names: dict[str, float]) -> float:
    """Parses fast, 1.5, +20%, 80% or +2st; anything else is 1."""
    value = (value or "").strip().lower()
    found = re.fullmatch(r"([+-]?)(\d{1,4}(?:\.\d{1,6})?)(%|st)?", value)
    if not found:
        return names.get(value, 1.0)
    sign, number, unit = found[1], float(found[2]) * (-1 if found[1] == "-" else 1), found[3]
    if unit == "st":
        return math.exp2(number / 12)
    if unit == "%":
        return (100 + number if sign else number) / 100
    return 1 + number if sign else number


def _volume(value: str | None) -> float:
    """Parses a volume: a plain number is on a scale from 0 to 100, and +20 adds to it."""
    plain = (value or "").strip()
    return _factor(f"{plain}%" if re.fullmatch(r"[+-]?\d[\d.]*", plain) else value, _VOLUMES)


def _break(element: Element) -> float:
    """Returns the seconds of a <break>: its time ("500ms" or "1.5s"), else those of its strength."""
    found = re.fullmatch(r"\+?(\d{1,6}(?:\.\d{1,6})?)\s*(ms|s)", element.get("time", "").strip().lower())
    if not found:
        return _BREAKS.get(element.get("strength", "medium"), 0.75)
    return min(float(found[1]) / (1000 if found[2] == "ms" else 1), LONGEST_PAUSE_S)


def _squeezed(text: str | None) -> str:
    """Collapses whitespace: line feeds have no meaning in XML, and two of them will mark the end of a paragraph."""
    return re.sub(r"\s+", " ", text or "")
