"""Phones and when they are said, in ARPAbet without stress."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SILENCE = "SIL"
BILABIAL, LABIODENTAL = frozenset({"P", "B", "M"}), frozenset({"F", "V"})
OPEN = frozenset({"AA", "AE", "AY", "AW", "AO"})
VOWELS = frozenset(["AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"])
ROUND = frozenset(["UW", "OW", "W", "UH", "OY", "AO", "SH", "CH", "ZH", "JH"])
SPREAD = frozenset({"IY", "EY", "IH", "S", "Z"})
SHUTTING = BILABIAL | LABIODENTAL | {SILENCE}
"""Beside these, low apertures prove nothing."""
PHONES = (VOWELS | ROUND | SPREAD | SHUTTING) | frozenset(
    ["T", "D", "K", "G", "TH", "DH", "HH", "N", "NG", "L", "R", "Y", "DX", "AX"]
)


@dataclass(frozen=True, slots=True)
class Said:
    """A phone (SIL for a pause) from `start` to `end`, in seconds."""

    phone: str
    start: float
    end: float


def chained(ends: Iterable[tuple[str, float]]) -> tuple[Said, ...]:
    """Phones that follow each other, from their ends."""
    out, start = [], 0.0
    for phone, end in ends:
        out.append(Said(phone, start, end))
        start = end
    return tuple(out)


def filled(said: Iterable[Said]) -> Iterable[Said]:
    """The phones with silence in the gaps between them."""
    end = 0.0
    for one in said:
        if one.start > end + 1e-3:
            yield Said(SILENCE, end, one.start)
        yield one
        end = one.end


def with_end(said: Sequence[Said], seconds: float) -> list[Said]:
    """The phones, and the silence that follows the last one."""
    end = said[-1].end if said else 0.0
    return [*said, Said(SILENCE, end, max(end, seconds))]
