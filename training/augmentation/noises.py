"""Synthesised sounds that must not move the mouth: noise, machines, music, clicks, breath."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from training.augmentation.voice_conversion import RATE, AnyArray, Samples, overlapped, spectra, wander

Rng = np.random.Generator
_TABLE = 2048
_SPEECH = ((60, 100, 200, 500, 1000, 2000, 4000, 8000), (-30, -8, 0, 0, -9, -14, -18, -26))
"""The long-term spectrum of speech in Hz and dB, approximately (Byrne et al. 1994)."""


def background(samples: int, rng: Rng) -> Samples:
    """Mixes one to three kinds of noise to an rms of 1: coloured noise, machines, weather, knocks, music, tones.

    Peaks of sparse kinds (clicks, cutlery) are far above 1. A third of the results have silent gaps."""
    total = np.zeros(samples, np.float32)
    for kind in rng.choice(len(_KINDS), rng.choice([1, 2, 3], p=[0.55, 0.3, 0.15]), replace=False):
        total += unit(_KINDS[kind](samples, rng)) * np.float32(10 ** (-rng.uniform(0, 12) / 20))
    gated = total * _gaps(samples, rng) if rng.random() < 0.33 else total
    return unit(gated if np.abs(gated).max(initial=0) > 1e-3 else total)


def breath(samples: int, rng: Rng) -> Samples:
    """Returns silence with one breath of 0.2–1 s and rms 1: noise through 2–3 broad moving formants."""
    length = min(samples, int(rng.uniform(0.2, 1) * RATE))
    frames = spectra(rng.standard_normal(length, np.float32))
    part = np.linspace(0, 1, len(frames))[:, None]
    octaves = np.log2(np.maximum(np.arange(frames.shape[1]) * (RATE / 512), 30) / 1000)
    gains = np.full(frames.shape, rng.uniform(0.01, 0.06), np.float32)
    for middle in rng.choice([-0.7, 0.6, 1.3, 2.2], rng.integers(2, 4), replace=False):
        centre = middle + rng.uniform(-0.3, 0.3) + rng.uniform(-0.5, 0.5) * part
        gains += rng.uniform(0.2, 1) * np.exp(-(((octaves - centre) / rng.uniform(0.2, 0.6)) ** 2))
    rise = np.linspace(0, 1, length) ** rng.uniform(0.5, 2)
    return placed(unit(overlapped(frames * gains, length) * np.sin(np.pi * rise) ** rng.uniform(0.7, 2)), samples, rng)


def clicks(samples: int, rng: Rng) -> Samples:
    """Returns silence with 1–4 tongue clicks or lip smacks a second, peak 1: short resonant bursts, some in pairs."""
    burst = _burst(rng, (600, 5000), (0.001, 0.008), noise=1.0)
    if rng.random() < 0.5:
        burst = np.concatenate([burst, np.zeros(rng.integers(200, 1500), np.float32), 0.6 * burst[::-1], burst])
    sound = _scattered(samples, rng, rng.uniform(1, 4), [burst])
    return sound / max(np.float32(np.abs(sound).max(initial=0)), np.float32(1e-9))


def coloured(samples: int, rng: Rng, hertz: AnyArray, decibels: AnyArray) -> Samples:
    """Returns noise with the spectrum of these knots, interpolated linearly over log frequency."""
    size = next_fast_len(samples, real=True)
    axis = np.log(np.maximum(np.arange(size // 2 + 1, dtype=np.float32) * (RATE / size), 1))
    gains = np.exp(np.interp(axis, np.log(hertz), decibels) * (np.log(10) / 20)).astype(np.float32)
    return unit(irfft(rfft(rng.standard_normal(size, np.float32)) * gains, size)[:samples])


def unit(sound: AnyArray) -> Samples:
    """Scales to an rms of 1."""
    return np.asarray(sound / (np.sqrt(np.mean(np.square(sound))) + 1e-9), np.float32)


def placed(sound: Samples, samples: int, rng: Rng) -> Samples:
    """Puts a sound at a random place in silence of this length."""
    at = int(rng.integers(0, samples - len(sound) + 1))
    return np.pad(sound, (at, samples - len(sound) - at))


def _gaps(samples: int, rng: Rng) -> Samples:
    """Returns a gate that alternates between 1 and 0 with ramps of 20 ms."""
    raw = wander(samples, rng, rng.uniform(0.5, 3)) * 20 + rng.uniform(-5, 15)
    return np.asarray(np.clip(raw, 0, 1), np.float32)


def _noise(samples: int, rng: Rng) -> Samples:
    """Returns white, pink or brown noise with random EQ and slow and fast changes of loudness."""
    hertz = np.geomspace(30, 8000, 10)
    tilt = rng.choice([0, -3, -6, -9]) * np.log2(hertz / 1000)
    sound = coloured(samples, rng, hertz, tilt + rng.uniform(-8, 8, len(hertz)))
    return sound * _swell(samples, rng, 0.5, 12) * _swell(samples, rng, rng.uniform(4, 30), rng.choice([0, 3, 12]))


def _swell(samples: int, rng: Rng, hertz: float, decibels: float) -> Samples:
    return np.asarray(np.exp(wander(samples, rng, hertz) * np.float32(rng.uniform(0, decibels) * 0.115)), np.float32)


def _tone(pitch: AnyArray, harmonics: AnyArray, rng: Rng) -> Samples:
    """Returns a harmonic tone of this pitch (Hz per sample) from a wavetable, band-limited to 8 kHz."""
    most = max(int(RATE / 2 / max(pitch.max(initial=0), 20)), 1)
    lines = np.zeros(_TABLE // 2 + 1, np.complex64)
    lines[1 : len(harmonics[:most]) + 1] = harmonics[:most] * np.exp(1j * rng.uniform(0, 6.28, len(harmonics[:most])))
    table = unit(irfft(lines, _TABLE))
    return np.asarray(table[(np.cumsum(pitch / RATE) * _TABLE).astype(np.int64) & (_TABLE - 1)], np.float32)


def _harmonics(rng: Rng, count: int, fall: float) -> AnyArray:
    return rng.uniform(0.1, 1, count) / np.arange(1, count + 1) ** fall


def _machine(samples: int, rng: Rng) -> Samples:
    """Returns a fan, car, engine or aeroplane: harmonics with a drifting pitch, and resonant noise."""
    drift = rng.choice([0.002, 0.02, 0.3]) * wander(samples, rng, rng.uniform(0.3, 2))
    pitch = np.exp(rng.uniform(np.log(20), np.log(250)) * np.ones(samples, np.float32) + drift)
    stack = _tone(pitch, _harmonics(rng, 40, rng.uniform(0.5, 2)), rng)
    return stack * rng.uniform(0, 1) + _noise(samples, rng) * rng.uniform(0.1, 1)


def _mains(samples: int, rng: Rng) -> Samples:
    pitch = np.full(samples, rng.choice([50, 60, 100, 120]), np.float32)
    return _tone(pitch, _harmonics(rng, 30, rng.uniform(0.3, 2)), rng) + 0.1 * _noise(samples, rng)


def _rain(samples: int, rng: Rng) -> Samples:
    """Returns drops or crackle: sparse impulses through a random EQ, over soft noise."""
    size = next_fast_len(samples, real=True)
    drops = rng.standard_normal(size, np.float32) * (rng.random(size, np.float32) < rng.uniform(10, 2000) / RATE)
    gains = np.interp(np.arange(size // 2 + 1), np.linspace(0, size / 2, 8), rng.uniform(0, 1, 8) ** 2)
    return unit(irfft(rfft(drops) * gains.astype(np.float32), size)[:samples]) + rng.uniform(0, 0.5) * _noise(
        samples, rng
    )


def _wind(samples: int, rng: Rng) -> Samples:
    corner = rng.uniform(80, 600)
    gusts = coloured(samples, rng, np.array([20, corner, 8000]), np.array([0, 0, -60]))
    return np.asarray(
        gusts * np.exp(1.5 * wander(samples, rng, 1.5)) * np.exp(0.5 * wander(samples, rng, 8)), np.float32
    )


def _babble(samples: int, rng: Rng) -> Samples:
    """Returns stationary noise with the spectrum of many voices, but without any speech."""
    hertz, decibels = (np.array(row, float) for row in _SPEECH)
    return coloured(samples, rng, hertz, decibels + rng.uniform(-3, 3, len(hertz))) * _swell(samples, rng, 4, 4)


def _burst(rng: Rng, hertz: tuple[float, float], seconds: tuple[float, float], noise: float) -> Samples:
    """Returns an impact: 2–6 decaying resonances (Hz, time constant in s) and decaying noise."""
    count = rng.integers(2, 7)
    decays = np.exp(rng.uniform(np.log(seconds[0]), np.log(seconds[1]), count))[:, None]
    time = np.arange(int(6 * decays.max() * RATE) + 8) / RATE
    rings = np.sin(6.283 * np.exp(rng.uniform(np.log(hertz[0]), np.log(hertz[1]), count))[:, None] * time) * np.exp(
        -time / decays
    )
    hiss = rng.standard_normal(len(time)) * np.exp(-time / decays.min())
    return np.asarray(rng.uniform(0.2, 1, count) @ rings + noise * hiss, np.float32)


def _scattered(samples: int, rng: Rng, per_second: float, bursts: list[Samples]) -> Samples:
    """Returns bursts at random times and levels, at least one."""
    sound = np.zeros(samples, np.float32)
    for at in rng.integers(0, samples, 1 + rng.poisson(per_second * samples / RATE)):
        burst = bursts[rng.integers(len(bursts))]
        sound[at : at + len(burst)] += burst[: samples - at] * np.float32(rng.uniform(0.2, 1))
    return sound


def _struck(samples: int, rng: Rng) -> Samples:
    """Returns keyboard and mouse clicks, knocks and thuds, or cutlery."""
    kinds = (((1000, 6000), (0.001, 0.006), 1.0), ((60, 500), (0.01, 0.08), 0.3), ((2000, 7500), (0.03, 0.3), 0.1))
    hertz, seconds, noise = kinds[rng.integers(len(kinds))]
    return _scattered(samples, rng, rng.uniform(1, 9), [_burst(rng, hertz, seconds, noise) for _ in range(5)])


def _music(samples: int, rng: Rng) -> Samples:
    """Returns notes or chords of a random scale, plucked or with vibrato, sometimes with drums."""
    beat, root = int(rng.uniform(0.15, 0.6) * RATE), rng.uniform(55, 330)
    scale = root * 2 ** (rng.choice([[0, 2, 4, 5, 7, 9, 11, 12], [0, 2, 3, 5, 7, 8, 10, 12]]) / 12)
    harmonics, plucked, voices = _harmonics(rng, 20, rng.uniform(0.7, 2)), rng.random() < 0.5, rng.integers(1, 4)
    sound = np.zeros(samples, np.float32)
    for at in range(0, samples, beat):
        length = min(int(beat * rng.choice([0.8, 1, 2])), samples - at)
        for pitch in rng.choice(scale, voices, replace=False):
            sound[at : at + length] += _note(length, pitch, harmonics, plucked, rng)
    drums = _scattered(
        samples, rng, 3, [_burst(rng, (50, 300), (0.02, 0.1), 0.5), _burst(rng, (3e3, 7e3), (0.01, 0.05), 2)]
    )
    return np.asarray(unit(sound) + rng.choice([0, 0.5]) * unit(drums), np.float32)


def _note(length: int, pitch: float, harmonics: AnyArray, plucked: bool, rng: Rng) -> Samples:
    time = np.arange(length, dtype=np.float32) / RATE
    vibrato = 1 + np.float32(0 if plucked else rng.uniform(0, 0.015)) * np.sin(np.float32(35) * time)
    fall = np.exp(-time * np.float32(rng.uniform(3, 12))) if plucked else np.ones(length, np.float32)
    edges = np.minimum(np.minimum(time, time[::-1]) * np.float32(200 if plucked else 25), 1)
    return _tone(np.float32(pitch) * vibrato, harmonics, rng) * fall * edges


def _tones(samples: int, rng: Rng) -> Samples:
    """Returns beeps, telephone keys and rings, or a siren."""
    period = RATE * rng.uniform(0.15, 3)
    phase = np.arange(samples) / period % 1
    if rng.random() < 0.3:
        sweep = rng.uniform(400, 900) * (1 + rng.uniform(0.2, 1) * np.abs(2 * phase - 1))
        return _tone(sweep, _harmonics(rng, 5, 1), rng)
    on = np.clip(np.minimum(phase, rng.uniform(0.2, 0.9) - phase) * period / 80, 0, 1)
    pair = [_tone(np.full(samples, hertz), np.ones(1), rng) for hertz in rng.uniform(350, 3000, rng.integers(1, 3))]
    return np.asarray(sum(pair) * on, np.float32)


_KINDS: tuple[Callable[[int, Rng], Samples], ...] = (
    _noise, _noise, _machine, _machine, _mains, _rain, _wind, _babble, _struck, _struck, _music, _music, _tones,
)  # fmt: skip
