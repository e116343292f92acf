"""Styles change the voice and the times; the phones stay where their sound is."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy", reason="training needs scipy")

from training.augmentation.speaking_styles import STYLES, spoken_in
from training.augmentation.voice_conversion import RATE, Samples
from training.phones import Phone

NAMES = ["SIL", "S", "AA", "SIL", "M", "IY", "P", "SIL", "AA", "S", "SIL"]
STEP = 0.2


def speech() -> tuple[Samples, list[Phone]]:
    """Two seconds: hum in vowels and m, noise in s, near silence elsewhere."""
    rng, time = np.random.default_rng(1), np.arange(int(STEP * RATE)) / RATE
    hum = 0.2 * np.sign(np.sin(2 * np.pi * 120 * time))
    noise = 0.1 * rng.standard_normal(len(time))
    parts = [hum if name in ("AA", "IY", "M") else noise if name == "S" else 0.001 * noise for name in NAMES]
    phones = [Phone(name, i * STEP, (i + 1) * STEP) for i, name in enumerate(NAMES)]
    return np.concatenate(parts).astype(np.float32), phones


@pytest.mark.parametrize("name", STYLES)
def test_a_style_repeats_and_keeps_the_phones(name: str) -> None:
    audio, phones = speech()
    before = audio.copy()
    for seed in range(3):
        (one, moved), (two, _) = (spoken_in(STYLES[name], audio, phones, np.random.default_rng(seed)) for _ in range(2))
        assert one.tobytes() == two.tobytes()
        assert one.dtype == np.float32
        assert np.isfinite(one).all()
        assert [p.name for p in moved] == NAMES
        assert moved[-1].end == pytest.approx(len(one) / RATE, abs=1e-3)
        assert not np.array_equal(one[: len(audio)], audio[: len(one)])
    assert (audio == before).all()


@pytest.mark.parametrize("name", STYLES)
def test_sound_and_pauses_stay_within_their_phones(name: str) -> None:
    for seed in range(3):
        audio, phones = spoken_in(STYLES[name], *speech(), np.random.default_rng(seed))
        loud = [level(audio, p) for p in phones if p.name in ("AA", "IY", "S", "M")]
        quiet = [level(audio, p) for p in phones if p.name in ("SIL", "P")]
        assert min(loud) > 4 * max(quiet)


def level(audio: Samples, phone: Phone) -> float:
    """The rms within a phone, without 40 ms at its ends."""
    part = audio[int((phone.start + 0.04) * RATE) : int((phone.end - 0.04) * RATE)]
    return float(np.sqrt(np.mean(part**2)))


def test_singing_lengthens_vowels() -> None:
    _, phones = speech()
    _, sung = spoken_in(STYLES["sing"], *speech(), np.random.default_rng(0))
    longer = [(b.end - b.start) / (a.end - a.start) for a, b in zip(phones, sung, strict=True) if a.name == "AA"]
    assert min(longer) > 1.15


def test_speech_without_phones_stays_as_long() -> None:
    audio, _ = speech()
    out, phones = spoken_in(STYLES["joy"], audio, [], np.random.default_rng(0))
    assert (len(out), phones) == (len(audio), [])
