"""Normalisation of audio."""

from __future__ import annotations

import numpy as np

from a2f_server.backends.sequence.normalisation import normalise


def test_mean_and_variance() -> None:
    x = np.random.default_rng(0).normal(0.2, 0.05, 5000).astype(np.float32)
    wanted = (x - x.mean(dtype=float)) / np.sqrt(x.var(dtype=float) + 1e-7)
    assert np.allclose(normalise(x), wanted, atol=1e-5)
    assert normalise(x).dtype == np.float32


def test_silence_around_the_audio_does_not_change_it() -> None:
    x = np.random.default_rng(0).normal(0.2, 0.05, 500).astype(np.float32)
    padded = normalise(np.concatenate([np.zeros(300, np.float32), x, np.zeros(700, np.float32)]))
    assert np.array_equal(padded[300:800], normalise(x))
    assert not padded[:300].any()
    assert not padded[800:].any()


def test_silence_stays_silence() -> None:
    assert not normalise(np.zeros(100, np.float32)).any()
    assert np.isfinite(normalise(np.full(100, 0.5, np.float32))).all()
