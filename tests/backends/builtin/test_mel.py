"""The features' sines: full response at their pitch, none to what nobody hears."""

from __future__ import annotations

import numpy as np
import pytest

from a2f_server.backends.builtin import hum, mel
from a2f_server.backends.builtin.backend import RATES


def decibels(rate: int, hz: float) -> np.ndarray:
    """Returns the response of all pitches to a full-scale sine, `[192]`, averaged over its phase."""
    turns = 2 * np.pi * hz * (np.arange(mel.frame(rate)) - (mel.frame(rate) - 1) / 2) / rate
    cosines, sines = np.split(np.exp(1j * turns) @ mel.basis(rate).astype(np.float64), 2)
    return 10 * np.log10((np.abs(cosines) ** 2 + np.abs(sines) ** 2) / 2 + 1e-20)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("hz", [0.0, *hum.MAINS])
def test_an_offset_and_mains_hum_give_nothing(rate: int, hz: float) -> None:
    """-80 dB of hum at 0.1 are at the limit of silence."""
    assert decibels(rate, hz).max() < -80


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("hz", [2.0, 10.0, 16.7, 25.0, 33.0, 40.0, 45.0, 49.0, 51.0, 55.0, 59.0, 61.0])
def test_hum_of_other_frequencies_gives_next_to_nothing(rate: int, hz: float) -> None:
    pitches, _ = mel.pitches()
    assert decibels(rate, hz)[pitches >= hum.LOW].max() < -45
    assert decibels(rate, hz)[pitches >= 200].max() < -60


@pytest.mark.parametrize("rate", RATES)
def test_each_pitch_responds_to_itself(rate: int) -> None:
    pitches, _ = mel.pitches()
    for k in np.flatnonzero((pitches >= 120) & (pitches < mel.AUDIBLE * rate)):
        assert abs(decibels(rate, pitches[k])[k]) < 1.5, pitches[k]


@pytest.mark.parametrize("rate", RATES)
def test_pitches_above_the_recording_are_silent(rate: int) -> None:
    pitches, _ = mel.pitches()
    assert not mel.basis(rate)[:, np.tile(pitches >= mel.AUDIBLE * rate, 2)].any()
