"""What phones ask of the lips, and whether they do it.

Intervals are over phones for the shares and the closure AUC, over recordings for the other AUCs, and over pauses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from training.evaluation import phones
from training.evaluation.figure import Figure, auc, mean, pooled, separation
from training.evaluation.phones import BILABIAL, SILENCE, Said
from training.evaluation.track import Curve, Spoken, Track, aperture, labiodental, rounding, speech_p90, spread, stir

CLOSED, OPENED = 0.25, 0.6
"""Shares of p90 at or below which lips are closed, and at or above which they are open."""
NEAR = 0.04
"""Seconds around a phone in which its closure or opening may fall."""
INSIDE = 0.015
"""Seconds at both ends of a phone whose frames belong to its neighbours as well."""
PAUSE, SETTLE, WAKE = 0.3, 0.2, 0.1
"""Seconds: the shortest pause that is measured, and what is left out at its begin and its end."""
CLASSES: dict[str, tuple[frozenset[str], Callable[[Track], Curve]]] = {
    "rounding": (phones.ROUND, rounding),
    "spread": (phones.SPREAD, spread),
    "labiodental": (phones.LABIODENTAL, labiodental),
}


@dataclass
class Seen:
    """What one recording's track shows, phone by phone; apertures are shares of its p90."""

    p90: float
    closures: list[bool] = field(default_factory=list)
    false_closures: list[bool] = field(default_factory=list)
    openings: list[bool] = field(default_factory=list)
    least_bilabial: list[float] = field(default_factory=list)
    least_other: list[float] = field(default_factory=list)
    pauses: list[Curve] = field(default_factory=list)
    frames: dict[str, tuple[Curve, Curve]] = field(default_factory=dict)
    """By class: the curve at the frames of its phones, and at all others'."""


def figures(seen: Sequence[Seen], rng: np.random.Generator) -> dict[str, Figure]:
    """All measures by phones, named as in Score."""

    def every(name: str) -> list[float]:
        return [value for one in seen for value in getattr(one, name)]

    pauses = [part for one in seen for part in one.pauses if len(part)]
    return {
        "closure_recall": mean(every("closures"), rng),
        "false_closure": mean(every("false_closures"), rng),
        "open_vowels": mean(every("openings"), rng),
        "closure_auc": separation(-np.array(every("least_bilabial")), -np.array(every("least_other")), rng),
        "pause_p95": pooled(_p95, pauses, rng),
        **{name: pooled(_auc, [one.frames[name] for one in seen], rng) for name in CLASSES},
    }


def _p95(parts: Sequence[Curve]) -> float:
    return float(np.quantile(np.concatenate(parts), 0.95))


def _auc(parts: Sequence[tuple[Curve, Curve]]) -> float:
    members, others = (np.concatenate(side) for side in zip(*parts, strict=True))
    return auc(members, others)


def look(spoken: Spoken) -> Seen | None:
    """None where fewer than five frames show speech."""
    track, speaking = spoken.track, spoken.speaking
    if speaking.sum() < 5:
        return None
    said, lips = phones.with_end(spoken.said, track.frames / track.fps), aperture(track)
    out, t = Seen(speech_p90(lips[speaking])), track.times
    lips = lips / out.p90
    for i, one in enumerate(said):
        near = lips[(t >= one.start - NEAR) & (t <= one.end + NEAR)]
        if one.phone != SILENCE and len(near):
            _judge(out, one, near, {said[k].phone for k in (i - 1, i + 1) if 0 <= k < len(said)})
    out.pauses = list(_rest(said, stir(track) / out.p90, t))
    out.frames = _frames(said, track)
    return out


def _judge(out: Seen, one: Said, near: Curve, neighbours: set[str]) -> None:
    """Adds whether a phone closed or opened the lips as it must."""
    least, apart = float(near.min()), not phones.SHUTTING & neighbours
    if one.phone in BILABIAL:
        out.closures.append(least <= CLOSED)
        out.least_bilabial.append(least)
    elif apart and one.phone not in phones.LABIODENTAL:
        out.least_other.append(least)
    if one.phone in phones.VOWELS and apart:
        out.false_closures.append(least <= CLOSED)
    if one.phone in phones.OPEN:
        out.openings.append(float(near.max()) >= OPENED)


def _rest(said: Sequence[Said], stirring: Curve, t: Curve) -> Iterable[Curve]:
    for one in said:
        if one.phone == SILENCE and one.end - one.start >= PAUSE:
            yield stirring[still(one.start, one.end, t)]


def still(start: float, end: float, t: Curve) -> NDArray[np.bool_]:
    """The part of a pause in which the lips must rest."""
    return (t >= start + SETTLE) & (t <= end - WAKE)


def _frames(said: Sequence[Said], track: Track) -> dict[str, tuple[Curve, Curve]]:
    """The frames inside phones, by class."""
    t, spoken = track.times, [one for one in said if one.phone != SILENCE]
    inside = [np.flatnonzero((t >= one.start + INSIDE) & (t <= one.end - INSIDE)) for one in spoken]
    places = np.concatenate(inside)
    names = np.repeat([one.phone for one in spoken], [len(part) for part in inside])
    out = {}
    for name, (members, curve) in CLASSES.items():
        values, belongs = curve(track)[places], np.isin(names, list(members))
        out[name] = values[belongs], values[~belongs]
    return out
