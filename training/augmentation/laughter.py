"""Laughter without words, and coughs: sounds of people that must not move the mouth as speech does."""

from __future__ import annotations

import numpy as np

from training.augmentation.noises import coloured, placed, unit
from training.augmentation.voice_conversion import (
    HOP,
    RATE,
    SIZE,
    AnyArray,
    Samples,
    overlapped,
    pulses_and_noise,
    spectra,
)

Rng = np.random.Generator
FORMANTS = ((450, 950), (1000, 2100), (2300, 3300))
"""Ranges in hertz of the formants of a laugh, which are those of an open or central vowel."""


def laughter(samples: int, rng: Rng) -> Samples:
    """Returns silence with one laugh of up to three seconds and rms 1: voiced calls, or snorts and grunts."""
    count = int(rng.integers(2, 12))
    period = int(RATE / rng.uniform(3.5, 6.5))
    length = min(count * period, samples, 3 * RATE)
    calls, open_share = np.zeros(length, np.float32), rng.uniform(0.35, 0.7)
    for at in range(0, length, period):
        size = min(int(period * open_share * np.exp(rng.uniform(-0.2, 0.2))), length - at)
        calls[at : at + size] += np.sin(np.pi * np.linspace(0, 1, size)) ** rng.uniform(0.5, 1.5)
    hertz = np.exp(rng.uniform(np.log(130), np.log(600)) * np.linspace(1, rng.uniform(0.7, 1.05), length) ** 0.2)
    hertz = np.clip(hertz * np.exp(0.25 * (calls - 0.5)), 80, 900)
    voiced = np.full(length // HOP + 5, rng.choice([0.0, 0.6, 1.0], p=[0.25, 0.25, 0.5]), np.float32)
    excitation = pulses_and_noise(voiced, hertz, rng, 0.3, rng.uniform(0.1, 0.6))
    sound = overlapped(spectra(excitation) * _formants(rng), length)
    level = calls + np.float32(rng.uniform(0.02, 0.25)) * (1 - calls)
    return placed(unit(sound * level * np.linspace(1, rng.uniform(0.2, 1), length, dtype=np.float32)), samples, rng)


def cough(samples: int, rng: Rng) -> Samples:
    """Returns silence with one to three coughs, or a cleared throat, and rms 1."""
    length = min(samples, int(rng.uniform(0.2, 0.45) * RATE))
    time = np.arange(length) / RATE
    hertz = np.geomspace(100, 8000, 8)
    one = coloured(length, rng, hertz, rng.uniform(-12, 6, 8))
    one = one * np.exp(-time / rng.uniform(0.04, 0.12)) * np.minimum(time / 0.004, 1)
    gap = np.zeros(int(rng.uniform(0.05, 0.3) * RATE), np.float32)
    many = np.concatenate([part for _ in range(rng.integers(1, 4)) for part in (one, gap)])
    return placed(unit(many[:samples]), samples, rng)


def _formants(rng: Rng) -> AnyArray:
    """Returns the magnitude of random formants by bin."""
    hertz = np.arange(SIZE // 2 + 1) * (RATE / SIZE)
    total = np.full(len(hertz), 0.003)
    for strength, (low, high) in zip((1, 0.5, 0.2), FORMANTS, strict=True):
        total += strength / (1 + ((hertz - rng.uniform(low, high)) / rng.uniform(60, 180)) ** 2)
    return total.astype(np.float32)
