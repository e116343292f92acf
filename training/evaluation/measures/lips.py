"""Measures whether the lips do what each phone requires.

Intervals are over phones for the shares and the closure AUC, over recordings for the other AUCs, else over pauses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from training.evaluation import phones
from training.evaluation.measures.figure import Figure, auc, mean, pooled, separation
from training.evaluation.measures.track import (
    SpeechTrack,
    Track,
    TrackCurve,
    aperture,
    labiodental,
    rounding,
    speech_p90,
    spread,
    stir,
)
from training.evaluation.phones import BILABIAL
from training.phones import SILENCE, Phone

CLOSED, OPENED = 0.25, 0.6
"""Thresholds for closed and open lips, as shares of p90."""
NEAR = 0.04
"""Seconds around a phone in which its closure or opening counts."""
INSIDE = 0.015
"""Seconds left out at both ends of a phone, where it overlaps with its neighbours."""
PAUSE, SETTLE, WAKE = 0.3, 0.2, 0.1
"""Seconds: the shortest pause that is measured, and what is left out at its start and end."""
CLASSES: dict[str, tuple[frozenset[str], Callable[[Track], TrackCurve]]] = {
    "rounding": (phones.ROUND, rounding),
    "spread": (phones.SPREAD, spread),
    "labiodental": (phones.LABIODENTAL, labiodental),
}


@dataclass
class LipMeasures:
    """Measures of one track, phone by phone; apertures are shares of its p90."""

    p90: float
    closures: list[bool] = field(default_factory=list)
    false_closures: list[bool] = field(default_factory=list)
    openings: list[bool] = field(default_factory=list)
    least_bilabial: list[float] = field(default_factory=list)
    least_other: list[float] = field(default_factory=list)
    pauses: list[TrackCurve] = field(default_factory=list)
    frames: dict[str, tuple[TrackCurve, TrackCurve]] = field(default_factory=dict)
    """By class: the values of the curve in its phones, and in all other phones."""


def figures(measured: Sequence[LipMeasures], rng: np.random.Generator) -> dict[str, Figure]:
    """Returns all measures by phones, named as in Score."""

    def every(name: str) -> list[float]:
        return [value for one in measured for value in getattr(one, name)]

    pauses = [part for one in measured for part in one.pauses if len(part)]
    return {
        "closure_recall": mean(every("closures"), rng),
        "false_closure": mean(every("false_closures"), rng),
        "open_vowels": mean(every("openings"), rng),
        "closure_auc": separation(-np.array(every("least_bilabial")), -np.array(every("least_other")), rng),
        "pause_p95": pooled(_p95, pauses, rng),
        **{name: pooled(_auc, [one.frames[name] for one in measured], rng) for name in CLASSES},
    }


def _p95(parts: Sequence[TrackCurve]) -> float:
    return float(np.quantile(np.concatenate(parts), 0.95))


def _auc(parts: Sequence[tuple[TrackCurve, TrackCurve]]) -> float:
    members, others = (np.concatenate(side) for side in zip(*parts, strict=True))
    return auc(members, others)


def measure(speech: SpeechTrack) -> LipMeasures | None:
    """Measures one track; returns None if fewer than five frames are speech."""
    track, speaking = speech.track, speech.speaking
    if speaking.sum() < 5:
        return None
    spoken, lips = phones.with_final_silence(speech.phones, track.frames / track.fps), aperture(track)
    out, t = LipMeasures(speech_p90(lips[speaking])), track.times
    lips = lips / out.p90
    for i, one in enumerate(spoken):
        near = lips[(t >= one.start - NEAR) & (t <= one.end + NEAR)]
        if one.name != SILENCE and len(near):
            _judge(out, one, near, {spoken[k].name for k in (i - 1, i + 1) if 0 <= k < len(spoken)})
    out.pauses = list(_pauses(spoken, stir(track) / out.p90, t))
    out.frames = _frames(spoken, track)
    return out


def _judge(out: LipMeasures, one: Phone, near: TrackCurve, neighbours: set[str]) -> None:
    """Records whether a phone closed or opened the lips as required."""
    least, apart = float(near.min()), not phones.SHUTTING & neighbours
    if one.name in BILABIAL:
        out.closures.append(least <= CLOSED)
        out.least_bilabial.append(least)
    elif apart and one.name not in phones.LABIODENTAL:
        out.least_other.append(least)
    if one.name in phones.VOWELS and apart:
        out.false_closures.append(least <= CLOSED)
    if one.name in phones.OPEN:
        out.openings.append(float(near.max()) >= OPENED)


def _pauses(spoken: Sequence[Phone], stirring: TrackCurve, t: TrackCurve) -> Iterable[TrackCurve]:
    for one in spoken:
        if one.name == SILENCE and one.end - one.start >= PAUSE:
            yield stirring[still(one.start, one.end, t)]


def still(start: float, end: float, t: TrackCurve) -> NDArray[np.bool_]:
    """Returns which frames are in the part of a pause in which the lips must be still."""
    return (t >= start + SETTLE) & (t <= end - WAKE)


def _frames(spoken: Sequence[Phone], track: Track) -> dict[str, tuple[TrackCurve, TrackCurve]]:
    """Returns the values of each class's curve inside phones: its own, and all others."""
    t, voiced = track.times, [one for one in spoken if one.name != SILENCE]
    inside = [np.flatnonzero((t >= one.start + INSIDE) & (t <= one.end - INSIDE)) for one in voiced]
    indices = np.concatenate(inside)
    names = np.repeat([one.name for one in voiced], [len(part) for part in inside])
    out = {}
    for name, (members, curve) in CLASSES.items():
        values, belongs = curve(track)[indices], np.isin(names, list(members))
        out[name] = values[belongs], values[~belongs]
    return out
