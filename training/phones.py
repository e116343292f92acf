"""The phones that a face can tell apart, and the names that the synthesisers use for them (phones.toml)."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SILENCE = "SIL"
VOWELS = ("IY", "IH", "EY", "EH", "AE", "AA", "AO", "OW", "UH", "UW", "AH", "AX", "ER", "UY", "OE", "IX")
STOPS = ("P", "T", "K")
CONSONANTS = (
    *("P", "B", "M", "F", "V", "TH", "DH", "T", "D", "S", "Z", "N", "L", "R", "DX"),
    *("SH", "ZH", "K", "G", "NG", "HH", "Y", "HY", "W", "X"),
)
NAMES = (SILENCE, *VOWELS, *CONSONANTS)
"""ARPAbet names, and some more: UY OE IX (front rounded and central vowels), DX (tap, trill), X HY (ach, ich)."""

IPA = dict(zip(NAMES, ("", *"iɪeɛæɑɔoʊuʌəɝyøɨ", *"pbmfvθðtdsznlɹɾʃʒkɡŋhjçwx"), strict=True))
"""The phones in IPA; "" for silence."""


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone from `start` to `end`, in seconds."""

    name: str
    start: float
    end: float


@cache
def table(name: str) -> dict[str, tuple[str, ...]]:
    """Returns a table of phones.toml: a synthesiser's phone name → one or more of NAMES, in order."""
    tables = _file()
    shared = {"ipa": {}, "arpa": {}, "misaki": tables["ipa"]}.get(name, tables["letters"])
    own = shared | tables[name]
    return {k: (v,) if isinstance(v, str) else tuple(v) for k, v in own.items()}


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "phones.toml").read_text("utf-8"))


@cache
def from_ipa(text: str) -> tuple[str, ...]:
    """Converts an IPA string to phone names; () for a pause. Raises KeyError for an unknown sign."""
    return _letters(text, table("ipa"))


@cache
def from_misaki(text: str) -> tuple[str, ...]:
    """Converts phonemes in the alphabet of Kokoro's voices to phone names, as `from_ipa` does."""
    return _letters(text, table("misaki"))


def _letters(text: str, known: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    letters = [c if c in known else unicodedata.normalize("NFD", c)[0] for c in unicodedata.normalize("NFC", text)]
    return tuple(name for c in letters if c in known or unicodedata.category(c) == "Ll" for name in known[c])


def spread(names: Sequence[str], start: float, end: float) -> list[Phone]:
    """Divides a time span equally among some phones; an empty list becomes silence."""
    names = names or (SILENCE,)
    step = (end - start) / len(names)
    return [Phone(n, start + i * step, start + (i + 1) * step) for i, n in enumerate(names)]
