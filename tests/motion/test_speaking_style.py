"""SpeakingStyle: calm voices are calm, and others differ from them in the direction that they should."""

from __future__ import annotations

import numpy as np
import pytest

from a2f_server.arrays import Samples
from a2f_server.motion.speaking_style import CALM, SpeakingStyle, VoiceStyle
from tests.support.voices import prosody, spoken

MOST_CALM = 0.05


def styles(sound: Samples, rate: int = 16000) -> np.ndarray:
    """Returns the style after each block, `[n, 3]`."""
    speaking = SpeakingStyle()
    return np.array([speaking.follow(block) for block in prosody(sound, rate)])


def strongest(sound: Samples, rate: int = 16000) -> VoiceStyle:
    return VoiceStyle(*styles(sound, rate).max(axis=0).tolist())


@pytest.mark.parametrize("pitch", [90, 150, 240])
@pytest.mark.parametrize("level", [0.01, 0.1, 0.8])
@pytest.mark.parametrize("rate", [8000, 44100])
def test_a_calm_voice_is_calm(pitch: float, level: float, rate: int) -> None:
    assert max(strongest(spoken(8, rate, pitch=pitch, level=level), rate)) < MOST_CALM


@pytest.mark.parametrize("pitch", [100, 150, 240])
def test_wide_pitch_and_fast_syllables_are_lively(pitch: float) -> None:
    style = strongest(spoken(8, pitch=pitch, movement=4, tempo=4))
    assert style.lively > 0.7
    assert max(style.tense, style.subdued) < MOST_CALM


def test_more_movement_is_livelier() -> None:
    lively = [strongest(spoken(8, movement=movement)).lively for movement in (2, 3, 3.5, 4)]
    assert lively == sorted(lively)
    assert lively[0] < MOST_CALM < 0.3 < lively[-1]


def test_a_shout_after_calm_words_is_tense() -> None:
    shout = spoken(4, pitch=190, level=0.35, tilt=1.4)
    style = styles(np.concatenate([spoken(6), shout]))
    assert style[:18, 1].max() < MOST_CALM
    assert style[:, 1].max() > 0.7
    assert max(strongest(shout)) < MOST_CALM, "it is relative to the same voice before"


def test_a_loud_voice_becomes_usual() -> None:
    tense = styles(np.concatenate([spoken(6), spoken(30, level=0.5, tilt=1.4)]))[:, 1]
    assert tense.max() > 0.5
    assert tense[-10:].max() < MOST_CALM


def test_a_flat_slow_voice_is_subdued() -> None:
    style = strongest(spoken(8, movement=0.5, tempo=1.5))
    assert style.subdued > 0.4
    assert max(style.lively, style.tense) < MOST_CALM


def test_monotony_alone_is_not() -> None:
    assert max(strongest(spoken(8, movement=0.3))) < MOST_CALM


def test_half_a_second_says_nothing_yet() -> None:
    assert not styles(spoken(0.65, movement=5, tempo=5)).any()


def test_silence_ends_it() -> None:
    style = styles(np.concatenate([spoken(6, movement=4, tempo=4), np.zeros(16000, np.float32)]))
    assert style[17, 0] > 0.5
    assert VoiceStyle(*style[-1].tolist()) == CALM


def test_noise_hum_and_silence_are_calm() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 80000).astype(np.float32)
    for sound in (noise, np.zeros(80000, np.float32), spoken(5, tempo=0, movement=0)):
        assert not styles(sound).any()
