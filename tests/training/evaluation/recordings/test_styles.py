"""Recordings in other ways of speaking keep their phones, which move with the sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from tests.support.sounds import buzz
from training.augmentation.speaking_styles import STYLES
from training.evaluation.recordings.data_folder import EvaluationSet
from training.evaluation.recordings.recording import AlignedRecording, read
from training.evaluation.recordings.styles import in_styles
from training.phones import Phone

PHONES = (Phone("SIL", 0.0, 0.2), Phone("AY1", 0.2, 0.5), Phone("M", 0.5, 0.6), Phone("SIL", 0.6, 1.0))


def test_all_styles_are_made_and_a_song_is_longer(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", buzz(1, 22050), 22050)
    one = AlignedRecording(tmp_path / "a.wav", "anna", 1.0, PHONES, ("language en",))
    made = {name: some.recordings[0] for name, some in in_styles(EvaluationSet([one]), tmp_path)}
    assert set(made) == set(STYLES)
    for sung in made.values():
        sound = read(sung.path)
        assert [phone.name for phone in sung.phones] == [phone.name for phone in PHONES]
        assert abs(len(sound.samples) / sound.sample_rate - sung.seconds) < 0.001
        assert sung.phones[-1].end <= sung.seconds + 0.001
        assert (sung.speaker, sung.groups) == ("anna", ("language en",))
        assert np.abs(sound.samples).max() > 0.01
    vowel = made["sing"].phones[1]
    assert vowel.end - vowel.start > 0.36
