"""Prosody: level, brightness, voicing and pitch of sounds for which they are known."""

from __future__ import annotations

import numpy as np
import pytest

from a2f_server.audio.prosody import measures
from tests.support.voices import prosody, spoken

LEVEL, BRIGHT, VOICING, PITCH = range(4)
RATES = [8000, 11025, 16000, 22050, 24000, 44100, 48000, 192000]


def steady(rate: int = 16000, **voice: float) -> np.ndarray:
    """Returns the measures of a voice without syllables."""
    return prosody(spoken(1, rate, tempo=0, **voice), rate).reshape(-1, 4)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("hz", [80, 120, 200, 310, 400])
def test_pitch_at_every_rate(rate: int, hz: float) -> None:
    heard = steady(rate, pitch=hz, movement=0)
    np.testing.assert_allclose(heard[:, PITCH], 12 * np.log2(hz / 100), atol=0.4)
    assert heard[:, VOICING].min() > 0.35


def test_pitch_is_followed_as_it_moves() -> None:
    heard = steady(movement=4)[:, PITCH]
    wanted = 12 * np.log2(1.5) + 2 * np.pi * np.sin(2 * np.pi * 0.6 * (np.arange(len(heard)) + 0.5) / 25)
    np.testing.assert_allclose(heard, wanted, atol=0.5)


def test_noise_and_silence_are_not_voiced() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 16000).astype(np.float32)
    assert np.median(prosody(noise)[..., VOICING]) < 0.3
    silence = prosody(np.zeros(16000, np.float32))
    assert np.isfinite(silence).all()
    assert not silence[..., VOICING].any()
    np.testing.assert_allclose(silence[..., LEVEL], -100)


def test_level_is_in_decibels_and_ignores_an_offset() -> None:
    quiet, loud = steady(level=0.01), steady(level=0.1)
    np.testing.assert_allclose(loud[:, LEVEL] - quiet[:, LEVEL], 20, atol=0.05)
    for column in (VOICING, PITCH):
        np.testing.assert_allclose(loud[:, column], quiet[:, column], atol=0.01)
    moved = prosody(spoken(1, tempo=0) + np.float32(0.1)).reshape(-1, 4)
    np.testing.assert_allclose(moved, steady(), atol=0.05)


def test_a_flatter_spectrum_is_brighter() -> None:
    flat, steep = steady(tilt=1.2)[:, BRIGHT], steady(tilt=1.8)[:, BRIGHT]
    assert (flat > steep + 3).all()


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
def test_each_step_is_measured_alone(rate: int) -> None:
    """To the last bit, since live streams measure a few steps at a time, and files many."""
    noise = np.random.default_rng(1).normal(0, 0.1, (64, rate // 25)).astype(np.float32)
    together = measures(noise, rate)
    for count in (1, 2, 8, 33):
        parts = [measures(noise[i : i + count].copy(), rate) for i in range(0, 64, count)]
        assert np.array_equal(np.concatenate(parts), together)
