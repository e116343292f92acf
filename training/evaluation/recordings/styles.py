"""The same recordings in other ways of speaking: shouted, sung, laughed …, by the voice conversion of the training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile
import soxr

from training.augmentation.speaking_styles import STYLES, spoken_in
from training.augmentation.voice_conversion import RATE
from training.evaluation.recordings.data_folder import EvaluationSet
from training.evaluation.recordings.recording import AlignedRecording, read
from training.phones import Phone

_VOWELS, _VOWEL, _CONSONANT = "AEIOU", "AH", "T"
"""First letters of the vowels in ARPAbet. A style lengthens vowels; which vowel it is makes no difference."""


def in_styles(on: EvaluationSet, folder: Path) -> Iterator[tuple[str, EvaluationSet]]:
    """Writes the recordings in each style to `folder`; yields the styles' names and recordings."""
    for name in STYLES:
        yield (
            name,
            EvaluationSet([_spoken(one, name, folder / f"{name}-{i}.wav") for i, one in enumerate(on.recordings)]),
        )


def _spoken(recording: AlignedRecording, style: str, path: Path) -> AlignedRecording:
    sound = read(recording.path)
    speech = soxr.resample(sound.samples, sound.sample_rate, RATE)
    rng = np.random.default_rng([len(speech), list(STYLES).index(style)])
    spoken, moved = spoken_in(STYLES[style], speech, _coarse(recording.phones), rng)
    soundfile.write(path, np.clip(spoken, -1, 1), RATE)
    phones = tuple(replace(to, name=one.name) for one, to in zip(recording.phones, moved, strict=True))
    return replace(recording, path=path, seconds=len(spoken) / RATE, phones=phones)


def _coarse(phones: Sequence[Phone]) -> list[Phone]:
    return [replace(one, name=_VOWEL if one.name[:1] in _VOWELS else _CONSONANT) for one in phones]
