"""The score of a model: all measures of its tracks of speech, of silence, and beside others' tracks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, nan
from pathlib import Path

import numpy as np

from training.evaluation import measures, pairs, track
from training.evaluation.figure import NOTHING, Figure
from training.evaluation.material import Material
from training.evaluation.pairs import Pair
from training.evaluation.track import FLOOR, Spoken, Track


@dataclass(frozen=True)
class Score:
    """All measures of one model on one set of recordings."""

    closure_recall: Figure = NOTHING
    """p/b/m during which the lips are closed."""
    false_closure: Figure = NOTHING
    """Vowels, no shutting phone or pause beside them, during which the lips are closed."""
    closure_auc: Figure = NOTHING
    """How well a phone's least aperture tells p/b/m from other phones."""
    open_vowels: Figure = NOTHING
    """Open vowels that open the lips."""
    rounding: Figure = NOTHING
    """AUC: how well the curve tells rounded phones' frames from all others; the next two likewise."""
    spread: Figure = NOTHING
    labiodental: Figure = NOTHING
    silence_p95: Figure = NOTHING
    """95th percentile of (aperture + rounding) / median p90 where nobody speaks; the worst recording."""
    pause_p95: Figure = NOTHING
    """The same, over the recording's own p90, in pauses inside speech."""
    faces_jaw: Figure = NOTHING
    """Mean correlation of jawOpen with captured faces, all at the lag that suits best."""
    faces_aperture: Figure = NOTHING
    systems_jaw: Figure = NOTHING
    """As `faces_jaw`, with other systems' tracks."""
    wrong_audio_jaw: Figure = NOTHING
    """`faces_jaw` with the tracks of other recordings: what chance gives."""
    lag_ms: float = nan
    """The lag of `faces_jaw`."""
    median_p90: float = FLOOR
    recordings: int = 0
    bilabials: int = 0
    wrong_length: int = 0
    """Tracks that are more than a frame too long or too short."""


def measured(animate: Callable[[Path], Track], on: Material) -> Score:
    """The score of what `animate` makes of these recordings."""
    spoken = [Spoken(animate(one.path), one.said, one.seconds) for one in on.recordings]
    beside = [Pair(p.name, animate(p.path), track.from_csv(p.track, p.fps), p.start, p.face) for p in on.pairs]
    return score(spoken, [animate(path) for path in on.silences], beside)


def score(spoken: Sequence[Spoken], quiet: Sequence[Track] = (), beside: Sequence[Pair] = ()) -> Score:
    """Measures tracks of speech, of recordings without speech, and of recordings that others have tracks of."""
    rng = np.random.default_rng(0)
    seen = [one for one in map(measures.look, spoken) if one]
    p90 = float(np.median([one.p90 for one in seen])) if seen else FLOOR
    stirring = [float(np.quantile(track.stir(one) / p90, 0.95)) for one in quiet if one.frames]
    return Score(
        **measures.figures(seen, rng),
        **pairs.figures(beside, rng),
        silence_p95=Figure(max(stirring, default=nan)),
        lag_ms=pairs.best(beside, track.jaw)[1] if beside else nan,
        median_p90=p90,
        recordings=len(spoken),
        bilabials=sum(len(one.closures) for one in seen),
        wrong_length=sum(_wrong_length(one) for one in spoken),
    )


def _wrong_length(one: Spoken) -> bool:
    return abs(one.track.frames - ceil(one.seconds * one.track.fps - 1e-6)) > 1
