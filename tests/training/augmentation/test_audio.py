"""Augmentations of audio are repeatable, keep the length, and do not delay the speech."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

pytest.importorskip("scipy", reason="training needs scipy")

from scipy.ndimage import gaussian_filter1d
from scipy.signal import correlate

from training.augmentation.channels import codec, microphone, telephone
from training.augmentation.laughter import cough, laughter
from training.augmentation.noises import background, breath, clicks
from training.augmentation.rooms import room
from training.augmentation.voice_conversion import RATE, Samples, creak, overlapped, revoice, spectra, whisper

Made = Callable[[int, np.random.Generator], Samples]
Changed = Callable[[Samples, np.random.Generator], Samples]

MADE: list[Made] = [background, breath, clicks, laughter, cough]
CHANGED: list[Changed] = [room, microphone, telephone, codec, whisper, creak, revoice]


def bursts(samples: int = 2 * RATE) -> Samples:
    """Bursts of noise, 60 ms each, at uneven times."""
    rng = np.random.default_rng(1)
    gate = np.zeros(samples)
    for at in (0.11, 0.32, 0.71, 0.93, 1.4, 1.77):
        gate[int(at * RATE) : int(at * RATE) + 960] = np.hanning(960)
    return (0.3 * gate * rng.standard_normal(samples)).astype(np.float32)


def lag(sound: Samples, original: Samples) -> float:
    """Seconds by which the sound's envelope comes after the original's."""
    late, early = (gaussian_filter1d(np.abs(x - np.median(x)), 32) for x in (sound, original))
    return float(np.argmax(correlate(late, early, "full", "fft")) - len(original) + 1) / RATE


@pytest.mark.parametrize("make", MADE)
@pytest.mark.parametrize("samples", [1000, RATE + 1])
def test_made_sounds_repeat_and_fit(make: Made, samples: int) -> None:
    for seed in range(12):
        one, two = (make(samples, np.random.default_rng(seed)) for _ in range(2))
        assert one.tobytes() == two.tobytes()
        assert one.shape == (samples,)
        assert one.dtype == np.float32
        assert np.isfinite(one).all()
        assert np.abs(one).max() > 0.1


@pytest.mark.parametrize("change", CHANGED)
@pytest.mark.parametrize(
    "speech", [bursts(), bursts()[:7001], np.zeros(RATE, np.float32)], ids=["two", "odd", "silence"]
)
def test_changed_speech_repeats_and_fits(change: Changed, speech: Samples) -> None:
    before = speech.copy()
    for seed in range(4):
        one, two = (change(speech, np.random.default_rng(seed)) for _ in range(2))
        assert one.tobytes() == two.tobytes()
        assert one.shape == speech.shape
        assert one.dtype == np.float32
        assert np.isfinite(one).all()
    assert (speech == before).all()


@pytest.mark.parametrize("change", [telephone, codec])
def test_a_line_does_not_delay_the_envelope(change: Changed) -> None:
    assert max(abs(lag(change(bursts(), np.random.default_rng(seed)), bursts())) for seed in range(8)) < 0.002


@pytest.mark.parametrize("change", [microphone, telephone, codec])
def test_a_channel_does_not_delay_the_waveform(change: Changed) -> None:
    """Compares waveforms: gain control lowers the end of a burst, which shifts its envelope without any delay."""
    for seed in range(8):
        changed = change(bursts(), np.random.default_rng(seed))
        likeness = np.abs(correlate(changed - changed.mean(), bursts(), "full", "fft"))
        assert abs(int(np.argmax(likeness)) - len(bursts()) + 1) < 0.002 * RATE


def test_a_room_does_not_delay_the_direct_sound() -> None:
    click = np.zeros(RATE, np.float32)
    click[5000] = 0.5
    assert {int(np.argmax(np.abs(room(click, np.random.default_rng(seed))))) for seed in range(20)} == {5000}


@pytest.mark.parametrize("change", [whisper, creak, revoice])
def test_a_new_voice_does_not_delay(change: Changed) -> None:
    lags = [lag(change(bursts(), np.random.default_rng(seed)), bursts()) for seed in range(8)]
    assert max(np.abs(lags)) < 0.002


def test_overlapping_frames_add_up_to_the_audio() -> None:
    assert np.allclose(overlapped(spectra(bursts()), len(bursts())), bursts(), atol=1e-5)


def test_a_background_has_an_rms_of_one() -> None:
    levels = [np.sqrt(np.mean(background(RATE, np.random.default_rng(seed)) ** 2)) for seed in range(12)]
    assert np.allclose(levels, 1, atol=1e-3)
