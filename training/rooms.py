"""Rooms for dry speech: a direct path, a few early reflections, a tail that dies sooner at high frequencies."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft
from scipy.signal import fftconvolve

from training.voicing import RATE, Array, Samples

_EDGES = (0, 250, 1000, 3000, 8001)
"""Bands of the tail, Hz, each with its own decay."""


def room(speech: Samples, rng: np.random.Generator) -> Samples:
    """The speech in a random room, its rms kept: RT60 0.1–0.9 s, direct to reverberant −6 (far) … 18 dB (near).

    The direct path is at sample 0, so that sounds stay where they were."""
    heard = fftconvolve(speech, response(rng))[: len(speech)]
    level = np.sqrt(np.mean(speech**2) / (np.mean(heard**2) + 1e-20))
    return np.asarray(heard * level, np.float32)


def response(rng: np.random.Generator) -> Samples:
    """An impulse response with a direct path of 1 at sample 0."""
    rt60 = float(np.exp(rng.uniform(np.log(0.1), np.log(0.9))))
    echoes = _tail(rt60, rng)
    echoes += _reflections(len(echoes), rng) * np.sqrt(np.sum(echoes**2)) * rng.uniform(0.2, 0.8)
    echoes *= 10 ** (-rng.uniform(-6, 18) / 20) / np.sqrt(np.sum(echoes**2))
    echoes[0] = 1
    return echoes.astype(np.float32)


def _tail(rt60: float, rng: np.random.Generator) -> Array:
    """Noise that decays by 60 dB in `rt60` s at most (exp(−6.91 t / RT60)), from 1–10 ms on."""
    size = next_fast_len(int(rt60 * RATE), real=True)
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    noise = rfft(rng.standard_normal(size, np.float32))
    time = np.arange(size) / RATE
    decays = rt60 * np.array([rng.uniform(0.8, 1), 1, rng.uniform(0.6, 1), rng.uniform(0.3, 0.8)])
    bands = [irfft(noise * ((hertz >= low) & (hertz < high)), size) for low, high in pairwise(_EDGES)]
    tail = sum((band * np.exp(-6.91 * time / decay) for band, decay in zip(bands, decays, strict=True)), np.zeros(size))
    tail[: int(rng.uniform(0.001, 0.01) * RATE)] = 0
    return np.asarray(tail)


def _reflections(size: int, rng: np.random.Generator) -> Array:
    """Walls, table and ceiling: 4–12 echoes within 50 ms, weaker the later, energy 1 together."""
    count = rng.integers(4, 13)
    at = rng.integers(16, min(size, RATE // 20), count)
    echoes = np.zeros(size)
    echoes[at] = rng.choice([-1, 1], count) * rng.uniform(0.3, 1, count) / (at + 100)
    return np.asarray(echoes / np.sqrt(np.sum(echoes**2)))
