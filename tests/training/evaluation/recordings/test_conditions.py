"""Recording conditions change the sound, not its timing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.evaluation.animators.animator import loudness
from training.evaluation.recordings.conditions import conditions
from training.evaluation.recordings.recording import read


@pytest.mark.parametrize("condition", ["as it is", "loud", "quiet", "telephone", "noise 20 dB", "noise 10 dB", "room"])
def test_conditions_keep_length_and_timing(data: Path, condition: str) -> None:
    sound = read(data / "speech/ps_cards_001.wav")
    changed = conditions(data, "dev")[condition](sound)
    before, after = (loudness(one)["jawOpen"] for one in (sound, changed))
    assert len(before) == len(after)
    assert np.abs(changed.samples).max() <= 1
    lags = [np.corrcoef(np.roll(after, -lag), before)[0, 1] for lag in (-3, -2, -1, 0, 1, 2, 3)]
    assert abs(int(np.argmax(lags)) - 3) <= 1
