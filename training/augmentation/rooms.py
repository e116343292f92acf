"""Room acoustics: a direct path, a few early reflections, a tail that decays faster at high frequencies."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft
from scipy.signal import fftconvolve

from training.augmentation.voice_conversion import RATE, AnyArray, Samples

_EDGES = (0, 250, 1000, 3000, 8001)
"""Edges in Hz of the tail's frequency bands, each with its own decay."""


def room(speech: Samples, rng: np.random.Generator) -> Samples:
    """Puts the speech into a random room with the same rms: RT60 0.1–0.9 s, direct-to-reverberant ratio −6 (far) to
    18 dB (near). The direct path is at sample 0, so the timing does not change."""
    wet = fftconvolve(speech, response(rng))[: len(speech)]
    level = np.sqrt(np.mean(speech**2) / (np.mean(wet**2) + 1e-20))
    return np.asarray(wet * level, np.float32)


def response(rng: np.random.Generator) -> Samples:
    """Returns a random impulse response with a direct path of 1 at sample 0."""
    rt60 = float(np.exp(rng.uniform(np.log(0.1), np.log(0.9))))
    echoes = _tail(rt60, rng)
    echoes += _reflections(len(echoes), rng) * np.sqrt(np.sum(echoes**2)) * rng.uniform(0.2, 0.8)
    echoes *= 10 ** (-rng.uniform(-6, 18) / 20) / np.sqrt(np.sum(echoes**2))
    echoes[0] = 1
    return echoes.astype(np.float32)


def _tail(rt60: float, rng: np.random.Generator) -> AnyArray:
    """Returns noise that starts after 1–10 ms and decays by 60 dB within `rt60` s (exp(−6.91 t / RT60))."""
    size = next_fast_len(int(rt60 * RATE), real=True)
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    noise = rfft(rng.standard_normal(size, np.float32))
    time = np.arange(size) / RATE
    decays = rt60 * np.array([rng.uniform(0.8, 1), 1, rng.uniform(0.6, 1), rng.uniform(0.3, 0.8)])
    bands = [irfft(noise * ((hertz >= low) & (hertz < high)), size) for low, high in pairwise(_EDGES)]
    tail = sum((band * np.exp(-6.91 * time / decay) for band, decay in zip(bands, decays, strict=True)), np.zeros(size))
    tail[: int(rng.uniform(0.001, 0.01) * RATE)] = 0
    return np.asarray(tail)


def _reflections(size: int, rng: np.random.Generator) -> AnyArray:
    """Returns 4–12 echoes within 50 ms (walls, table, ceiling) that get weaker, with a total energy of 1."""
    count = rng.integers(4, 13)
    at = rng.integers(16, min(size, RATE // 20), count)
    echoes = np.zeros(size)
    echoes[at] = rng.choice([-1, 1], count) * rng.uniform(0.3, 1, count) / (at + 100)
    return np.asarray(echoes / np.sqrt(np.sum(echoes**2)))
