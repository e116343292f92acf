"""How far an alignment is from another one of the same recordings: closures, whose times decide, and pauses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from training.corpus.people.alignments import Alignment
from training.phones import SILENCE, Phone

CLOSED = ("P", "B", "M")
NEAR = 0.1
"""Seconds within which a closure of the other alignment is the same one."""
STEP = 0.01


@dataclass(frozen=True)
class AlignmentError:
    """Times in seconds."""

    closures: int
    found: float
    """Share of the closures that have one within NEAR."""
    late: float
    """Median of how much later the middles of closures are than the reference's."""
    median: float
    """Median distance of the middles."""
    p90: float
    pauses: float
    """Share of time in which both agree whether there is speech."""

    def __str__(self) -> str:
        return (
            f"{self.closures} p/b/m: {self.found:.3f} found, {self.late * 1e3:+.0f} ms late, off by "
            f"{self.median * 1e3:.0f} ms (p90 {self.p90 * 1e3:.0f} ms); speech or pause agrees in {self.pauses:.3f}"
        )


def compare(pairs: Iterable[tuple[Alignment, Alignment]]) -> AlignmentError:
    """Compares pairs of an alignment and its reference."""
    distances: list[float | None] = []
    agreeing: list[bool] = []
    for one, reference in pairs:
        distances += _distances(one.phones, reference.phones)
        agreeing += (_speech(one.phones, reference) == _speech(reference.phones, reference)).tolist()
    found = np.array([d for d in distances if d is not None])
    if not len(found):
        return AlignmentError(len(distances), 0.0, 0.0, 0.0, 0.0, float(np.mean(agreeing or [False])))
    off = np.abs(found)
    return AlignmentError(
        len(distances), len(found) / len(distances), float(np.median(found)), float(np.median(off)),
        float(np.quantile(off, 0.9)), float(np.mean(agreeing)),
    )  # fmt: skip


def _distances(spoken: list[Phone], reference: list[Phone]) -> Iterator[float | None]:
    """Yields for each closure of the reference the distance to the nearest closure, None if that is not near."""
    middles = np.array([_middle(p) for p in spoken if p.name in CLOSED])
    for phone in reference:
        if phone.name in CLOSED:
            apart = middles - _middle(phone)
            nearest = float(apart[np.abs(apart).argmin()]) if len(apart) else np.inf
            yield nearest if abs(nearest) <= NEAR else None


def _middle(phone: Phone) -> float:
    return (phone.start + phone.end) / 2


def _speech(spoken: list[Phone], reference: Alignment) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    out = np.zeros(int(reference.phones[-1].end / STEP), bool)
    for phone in spoken:
        if phone.name != SILENCE:
            out[round(phone.start / STEP) : round(phone.end / STEP)] = True
    return out
