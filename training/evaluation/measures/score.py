"""The score of a model: all measures of its tracks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, nan
from pathlib import Path

import numpy as np

from training.evaluation.measures import lips, pairs, track
from training.evaluation.measures.figure import NOTHING, Figure
from training.evaluation.measures.pairs import TrackPair
from training.evaluation.measures.track import FLOOR, SpeechTrack, Track
from training.evaluation.recordings.data_folder import EvaluationSet


@dataclass(frozen=True)
class Score:
    """All measures of one model on one set of recordings."""

    closure_recall: Figure = NOTHING
    """Share of p/b/m in which the lips close."""
    false_closure: Figure = NOTHING
    """Share of vowels, without a closing phone or pause next to them, in which the lips close."""
    closure_auc: Figure = NOTHING
    """AUC of a phone's minimum aperture: p/b/m against other phones."""
    open_vowels: Figure = NOTHING
    """Share of open vowels that open the lips."""
    rounding: Figure = NOTHING
    """AUC of the curve: frames of rounded phones against all others. The next two likewise."""
    spread: Figure = NOTHING
    labiodental: Figure = NOTHING
    silence_p95: Figure = NOTHING
    """95th percentile of (aperture + rounding) / median p90 in recordings without speech; the worst one."""
    pause_p95: Figure = NOTHING
    """The same in pauses within speech, relative to the recording's own p90."""
    faces_jaw: Figure = NOTHING
    """Mean correlation of jawOpen with captured faces, all at the best common lag."""
    faces_aperture: Figure = NOTHING
    """The same for the aperture and the captured lips."""
    systems_jaw: Figure = NOTHING
    """Like `faces_jaw`, with the tracks of other systems."""
    wrong_audio_jaw: Figure = NOTHING
    """Like `faces_jaw`, with the tracks of other recordings: the chance level."""
    lag_ms: float = nan
    """The lag of `faces_jaw`."""
    median_p90: float = FLOOR
    recordings: int = 0
    bilabials: int = 0
    wrong_length: int = 0
    """Number of tracks that are more than a frame too long or too short."""


def measure(animate: Callable[[Path], Track], on: EvaluationSet) -> Score:
    """Animates the recordings and returns the score."""
    spoken = [SpeechTrack(animate(one.path), one.phones, one.seconds) for one in on.recordings]
    beside = [TrackPair(p.name, animate(p.path), track.from_csv(p.track, p.fps), p.start, p.face) for p in on.pairs]
    return score(spoken, [animate(path) for path in on.silences], beside)


def score(spoken: Sequence[SpeechTrack], quiet: Sequence[Track] = (), beside: Sequence[TrackPair] = ()) -> Score:
    """Scores tracks of speech, tracks of recordings without speech, and pairs of tracks."""
    rng = np.random.default_rng(0)
    measured = [one for one in map(lips.measure, spoken) if one]
    p90 = float(np.median([one.p90 for one in measured])) if measured else FLOOR
    stirring = [float(np.quantile(track.stir(one) / p90, 0.95)) for one in quiet if one.frames]
    return Score(
        **lips.figures(measured, rng),
        **pairs.figures(beside, rng),
        silence_p95=Figure(max(stirring, default=nan)),
        lag_ms=pairs.best(beside, track.jaw, track.jaw)[1] if beside else nan,
        median_p90=p90,
        recordings=len(spoken),
        bilabials=sum(len(one.closures) for one in measured),
        wrong_length=sum(_wrong_length(one) for one in spoken),
    )


def _wrong_length(one: SpeechTrack) -> bool:
    return abs(one.track.frames - ceil(one.seconds * one.track.fps - 1e-6)) > 1
