"""The search for pauses."""

from __future__ import annotations

import numpy as np

from a2f_server.backends.sequence.silence import Silence

RATE = 16000


def sound(pause: slice) -> np.ndarray:
    samples = np.random.default_rng(0).normal(0, 0.1, RATE).astype(np.float32)
    samples[pause] *= 0.001
    return samples


def test_the_first_pause_is_found() -> None:
    found = Silence(window_s=0.1).first(sound(slice(6000, 9000)), 0, RATE, RATE)
    assert found is not None
    assert 6000 + 800 <= found <= 6000 + 800 + 80


def test_only_pauses_within_the_bounds_count() -> None:
    samples = sound(slice(6000, 9000))
    assert Silence().first(samples, 0, 7000, RATE) is None
    assert Silence().first(samples, 8000, RATE, RATE) is None
    assert Silence(window_s=0.01).first(samples, 8000, RATE, RATE) == 8080
    assert Silence().first(samples, 7000, 7100, RATE) is None, "too short for a window"


def test_the_threshold_is_a_mean_square_of_16_bit_samples() -> None:
    constant = np.full(RATE, 100 / 32768, np.float32)
    assert Silence(mean_square=1e4 * 1.001).first(constant, 0, RATE, RATE) is not None
    assert Silence(mean_square=1e4 * 0.999).first(constant, 0, RATE, RATE) is None
