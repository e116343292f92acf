"""Recording channels: microphones, telephone lines and codecs. None of them delays the speech."""

from __future__ import annotations

import io

import numpy as np
import soundfile
from scipy.fft import irfft, next_fast_len, rfft
from scipy.ndimage import uniform_filter1d
from scipy.signal import correlate, lfilter

from training.augmentation.voice_conversion import RATE, AnyArray, Samples

_CODECS = (("OGG", "VORBIS", 0.6), ("MP3", "MPEG_LAYER_III", 0.32), ("OGG", "OPUS", 0.08))
"""Container, codec and probability. Opus is rare because it takes five times as long as Vorbis."""
_PIECE = 60 * RATE
"""Samples encoded at a time: libsndfile overflowed its stack on longer Vorbis files."""


def microphone(speech: Samples, rng: np.random.Generator) -> Samples:
    """Applies a random microphone: EQ within about ±12 dB, low cut 50–300 Hz, high cut 3–8 kHz; sometimes compression,
    clipping or a DC offset; rarely dropouts. Keeps the rms, except for offset and dropouts."""
    sound = filtered(speech, _equaliser(rng))
    if rng.random() < 0.4:
        sound = _compressed(sound, rng)
    if rng.random() < 0.3:
        sound = _clipped(sound, rng)
    sound = _levelled(sound, speech)
    if rng.random() < 0.2:
        sound = sound + np.float32(rng.uniform(-0.02, 0.02))
    return _interrupted(sound, rng) if rng.random() < 0.05 else sound


def telephone(speech: Samples, rng: np.random.Generator) -> Samples:
    """Applies a telephone line: 300–3400 Hz, 8 kHz, mu-law or A-law (the curves of ITU-T G.711) or 6–8 bits."""
    narrow = filtered(speech, _band(rng.uniform(200, 350), rng.uniform(3200, 3600), 8))[::2]
    peak = max(float(np.abs(narrow).max(initial=0)), 1e-6) / rng.uniform(0.1, 1)
    coded = np.zeros(len(speech), np.float32)
    coded[::2] = _quantised(narrow / peak, rng) * peak * 2
    return filtered(coded, _band(20, 3700, 16))


def codec(speech: Samples, rng: np.random.Generator) -> Samples:
    """Encodes and decodes with Vorbis, mp3 or (rarely) Opus at a random quality; removes the codec's delay."""
    which = rng.choice(len(_CODECS), p=[share for *_, share in _CODECS])
    container, subtype, _ = _CODECS[which]
    level, gain = rng.uniform(0, 0.98), max(float(np.abs(speech).max(initial=0)), 1e-6) / rng.uniform(0.1, 0.9)
    pieces = range(0, len(speech), _PIECE)
    return np.concatenate([_coded(speech[at : at + _PIECE] / gain, container, subtype, level) * gain for at in pieces])


def filtered(sound: Samples, response: tuple[AnyArray, AnyArray]) -> Samples:
    """Applies a zero-phase filter given by (Hz, dB) knots, interpolated linearly over log frequency."""
    size = next_fast_len(len(sound) + RATE // 10, real=True)
    hertz = np.maximum(np.arange(size // 2 + 1, dtype=np.float32) * (RATE / size), 1)
    gains = np.exp(np.interp(np.log(hertz), np.log(response[0]), response[1]) * (np.log(10) / 20))
    return np.asarray(irfft(rfft(sound, size) * gains.astype(np.float32), size)[: len(sound)], np.float32)


def _band(low: float, high: float, order: int) -> tuple[AnyArray, AnyArray]:
    """Returns the magnitude of a Butterworth band-pass in dB on a fine grid."""
    hertz = np.geomspace(1, 8000, 256)
    power = (1 + (low / hertz) ** (2 * min(order, 4))) * (1 + (hertz / high) ** (4 * order))
    return hertz, np.maximum(-10 * np.log10(power), -100)


def _equaliser(rng: np.random.Generator) -> tuple[AnyArray, AnyArray]:
    """Returns a random response with low and high cut, a tilt, a shelf and 1–4 peaks."""
    hertz, decibels = _band(
        rng.uniform(50, 300), np.exp(rng.uniform(np.log(3000), np.log(8000))), int(rng.integers(1, 5))
    )
    octaves = np.log2(hertz / 1000)
    decibels = decibels + rng.uniform(-2, 2) * np.clip(octaves, -3, 3)
    decibels += rng.uniform(-6, 6) / (1 + np.exp(-4 * (octaves - rng.uniform(-2, 2))))
    for _ in range(rng.integers(1, 5)):
        decibels += rng.uniform(-8, 8) * np.exp(-(((octaves - rng.uniform(-3, 3)) / rng.uniform(0.15, 1)) ** 2))
    return hertz, decibels


def _compressed(sound: Samples, rng: np.random.Generator) -> Samples:
    """Applies slow gain control: the level over 20–400 ms to the power of −0.3 … −0.9 is the gain."""
    blocks = np.pad(sound, (0, -len(sound) % 80)).reshape(-1, 80)
    memory = np.exp(-0.005 / rng.uniform(0.02, 0.4))
    power = np.asarray(lfilter([1 - memory], [1, -memory], np.mean(blocks.astype(np.float64) ** 2, 1)))
    gain = (power + 1e-5 * power.max(initial=0) + 1e-20) ** (-rng.uniform(0.3, 0.9) / 2)
    return np.asarray(sound * uniform_filter1d(np.repeat(gain, 80), 80, mode="nearest")[: len(sound)], np.float32)


def _clipped(sound: Samples, rng: np.random.Generator) -> Samples:
    """Clips the loudest 0.1–5 % of the samples, hard or soft."""
    limit = np.float32(np.quantile(np.abs(sound[::4]), 1 - np.exp(rng.uniform(np.log(0.001), np.log(0.05)))) + 1e-9)
    return np.clip(sound, -limit, limit) if rng.random() < 0.5 else np.asarray(limit * np.tanh(sound / limit))


def _interrupted(sound: Samples, rng: np.random.Generator) -> Samples:
    """Adds 1–5 dropouts of 5–40 ms."""
    sound = sound.copy()
    for at in rng.integers(0, len(sound), rng.integers(1, 6)):
        sound[at : at + rng.integers(80, 640)] = 0
    return sound


def _levelled(sound: Samples, model: Samples) -> Samples:
    return np.asarray(sound * np.sqrt(np.mean(model**2) / (np.mean(sound**2) + 1e-20)), np.float32)


def _quantised(sound: Samples, rng: np.random.Generator) -> Samples:
    size, kind = np.abs(sound), rng.integers(3)
    if kind == 0:
        steps = np.round(np.log1p(255 * size) / np.log(256) * 127) / 127
        return np.asarray(np.sign(sound) * np.expm1(steps * np.log(256)) / 255, np.float32)
    if kind == 1:
        whole, linear = 1 + np.log(87.6), size < 1 / 87.6
        curve = np.where(linear, 87.6 * size, 1 + np.log(np.maximum(87.6 * size, 1))) / whole
        steps = np.round(curve * 127) / 127 * whole
        return np.asarray(np.sign(sound) * np.where(steps < 1, steps, np.exp(steps - 1)) / 87.6, np.float32)
    levels = 2.0 ** rng.integers(5, 8)
    return np.asarray(np.round(sound * levels) / levels, np.float32)


def _coded(sound: Samples, container: str, subtype: str, level: float) -> Samples:
    file = io.BytesIO()
    soundfile.write(file, sound, RATE, format=container, subtype=subtype, compression_level=level)
    file.seek(0)
    decoded, _ = soundfile.read(file, dtype="float32")
    delay = _delay(sound, decoded)
    back = decoded[delay:] if delay >= 0 else np.pad(decoded, (-delay, 0))
    return np.asarray(np.pad(back, (0, max(len(sound) - len(back), 0)))[: len(sound)], np.float32)


def _delay(sound: Samples, decoded: Samples, most: int = 1600) -> int:
    """Returns the delay of the loudest second in samples; 0 unless another lag correlates clearly better."""
    middle = int(np.argmax(uniform_filter1d(np.abs(sound), RATE))) if len(sound) > RATE else 0
    start = max(middle - RATE // 2, 0)
    piece = sound[start : start + RATE]
    around = np.pad(decoded, (most, most + len(sound)))[start : start + len(piece) + 2 * most]
    likeness = correlate(around, piece, "valid", "fft")
    best = int(np.argmax(likeness))
    return best - most if likeness[best] > 1.02 * likeness[most] + 1e-9 else 0
