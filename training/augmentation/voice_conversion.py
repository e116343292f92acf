"""Voice conversion: the spectral envelopes of a recording on a new excitation, with the same timing.

Works on frames of 24 ms every 8 ms. The envelope of a frame (its smoothed cepstrum) becomes a minimum-phase filter, so
the output never precedes its excitation, and is applied to the same frame of noise or pulses."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.fft import irfft, rfft
from scipy.ndimage import uniform_filter1d

Samples = npt.NDArray[np.float32]
AnyArray = npt.NDArray[Any]

RATE = 16000
HOP = 128
WINDOW = 384
SIZE = 512
"""FFT size, longer than the window to leave room for the filters' tails."""
_QUEFRENCY = 30
"""Cepstral coefficients of the envelope; higher ones describe the pitch."""
_LAG = 12
"""Samples of delay to compensate: half of what minimum-phase filters add (1.4 ms on vowels, 0 on noise)."""
_HANN = (np.hanning(WINDOW + 1)[:-1] / 1.5).astype(np.float32)
BINS = np.arange(SIZE // 2 + 1, dtype=np.float32)


def spectra(sound: Samples) -> AnyArray:
    """Returns the spectra of all frames, `[frames, 257]`; `overlapped` is the inverse."""
    padded = np.pad(sound, (WINDOW, WINDOW + HOP))
    return np.asarray(rfft(np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP] * _HANN, SIZE))


def overlapped(frames: AnyArray, samples: int) -> Samples:
    """Converts spectra back to audio of this length by overlap-add."""
    parts = irfft(frames, SIZE).reshape(len(frames), -1, HOP)
    total = np.zeros((len(frames) + parts.shape[1], HOP), np.float32)
    for block in range(parts.shape[1]):
        total[block : block + len(frames)] += parts[:, block]
    return np.asarray(total.ravel()[WINDOW : WINDOW + samples], np.float32)


def wander(samples: int, rng: np.random.Generator, hertz: float) -> Samples:
    """Returns a smooth random curve within [−1, 1] that takes `hertz` new values a second."""
    knots = int(samples / RATE * hertz) + 2
    at = np.arange(samples, dtype=np.float32) * (hertz / RATE)
    return np.asarray(np.interp(at, np.arange(knots), rng.uniform(-1, 1, knots)), np.float32)


def whisper(speech: Samples, rng: np.random.Generator) -> Samples:
    """Whispers the speech: noise through its envelopes, raised above 500 Hz, quieter where it was voiced."""
    voiced = voicedness(speech)
    octaves = np.log2(np.maximum(BINS * RATE / SIZE, 125) / 500)
    tilt = np.where(octaves > 0, rng.uniform(0, 2) * octaves, rng.uniform(3, 9) * octaves)
    noise = rng.standard_normal(len(speech), np.float32)
    whispered = _matched(filtered(noise, envelopes(speech) + voiced[:, None] * nepers(tilt)), speech, 1024)
    return np.asarray(whispered * np.exp(nepers(-rng.uniform(3, 12)) * by_sample(voiced, len(speech))), np.float32)


def creak(speech: Samples, rng: np.random.Generator) -> Samples:
    """Makes the voice creaky: irregular pulses of 25–60 Hz where it is voiced; keeps the rms per 100 ms."""
    hertz = rng.uniform(30, 50) * np.exp(0.18 * wander(len(speech), rng, 40))
    excitation = pulses_and_noise(voicedness(speech), hertz, rng, shimmer=0.4, breath=rng.uniform(0, 0.15))
    return _matched(filtered(excitation, envelopes(speech)), speech, 1600)


def revoice(speech: Samples, rng: np.random.Generator) -> Samples:
    """Changes the speaker: a new pitch contour (70–350 Hz), jitter, shimmer and breath, formants scaled by 0.8–1.25;
    keeps the rms per 50 ms."""
    jitter = rng.uniform(0, 0.03) * wander(len(speech), rng, 200)
    melody = rng.uniform(0, 0.35) * wander(len(speech), rng, rng.uniform(1, 5))
    hertz = np.clip(np.exp(rng.uniform(np.log(70), np.log(350)) + melody + jitter), 70, 350)
    excitation = pulses_and_noise(voicedness(speech), hertz, rng, rng.uniform(0, 0.2), rng.uniform(0, 0.4))
    moved = with_formants_moved(envelopes(speech), np.exp(rng.uniform(np.log(0.8), np.log(1.25))))
    return _matched(filtered(excitation, moved), speech, 800)


def nepers(decibels: Any) -> Any:
    return decibels * np.float32(np.log(10) / 20)


def envelopes(speech: Samples) -> AnyArray:
    """Returns the log magnitude (nepers) by frame and bin, smoothed by keeping the low quefrencies."""
    cepstra = irfft(np.log(np.abs(spectra(speech)) + np.float32(1e-5)), SIZE)
    cepstra[:, _QUEFRENCY : 1 - _QUEFRENCY] = 0
    return np.asarray(rfft(cepstra).real)


def with_formants_moved(envelopes: AnyArray, factor: float) -> AnyArray:
    """Moves envelopes from f to f × factor; the top bin is repeated where no value is left."""
    source = np.minimum(BINS / np.float32(factor), BINS[-1])
    low = np.minimum(source.astype(int), len(BINS) - 2)
    part = (source - low).astype(np.float32)
    return np.asarray(envelopes[:, low] * (1 - part) + envelopes[:, low + 1] * part)


def filtered(excitation: Samples, envelopes: AnyArray) -> Samples:
    """Filters frame by frame with the minimum phase of the folded cepstrum (Oppenheim & Schafer, Discrete-Time Signal
    Processing, on homomorphic systems)."""
    cepstra = irfft(envelopes.astype(np.float32), SIZE)
    cepstra[:, 1 : SIZE // 2] *= 2
    cepstra[:, SIZE // 2 + 1 :] = 0
    filters = np.exp(rfft(cepstra))
    return overlapped(spectra(excitation) * filters, len(excitation) + _LAG)[_LAG:]


def voicedness(speech: Samples) -> AnyArray:
    """Returns 0 (noise, silence) … 1 (voiced) per frame, from the highest autocorrelation of 40 ms at 70–400 Hz."""
    frames = len(speech) // HOP + 5
    before = WINDOW + (640 - WINDOW) // 2
    low = np.pad(speech, (before, frames * HOP + 640 - before - len(speech))).reshape(-1, 4).mean(1)
    window = np.hanning(160).astype(np.float32)
    views = np.lib.stride_tricks.sliding_window_view(low, 160)[:: HOP // 4][: (len(speech) + WINDOW + HOP) // HOP + 1]
    rows = irfft(np.abs(rfft(views * window, 256)) ** 2, 256)
    own = irfft(np.abs(rfft(window, 256)) ** 2, 256)
    peak = (rows[:, 10:58] / own[10:58]).max(1) * own[0] / (rows[:, 0] + 1e-9)
    loud = rows[:, 0] > 1e-4 * rows[:, 0].max()
    return np.asarray(np.clip((peak - 0.45) / 0.25, 0, 1) * loud, np.float32)


def by_sample(values: AnyArray, samples: int) -> Samples:
    """Interpolates values at the frames' centres to one per sample."""
    centres = np.arange(len(values)) * HOP - WINDOW / 2
    return np.interp(np.arange(samples), centres, values).astype(np.float32)


def pulses_and_noise(
    voiced: AnyArray, hertz: AnyArray, rng: np.random.Generator, shimmer: float, breath: float
) -> Samples:
    """Returns pulses where voiced and noise elsewhere, both of power 1; `breath` is the share of noise in pulses."""
    phase = np.cumsum(hertz / RATE)
    at = np.flatnonzero(np.diff(np.floor(phase), prepend=0.0))
    pulses = np.zeros(len(hertz), np.float32)
    pulses[at] = np.sqrt(RATE / hertz[at]) * (1 + shimmer * rng.uniform(-1, 1, len(at)))
    share = by_sample(voiced, len(hertz)) * np.float32(1 - breath)
    noise = rng.standard_normal(len(hertz), np.float32)
    return (share * pulses + (1 - share) * noise).astype(np.float32)


def _matched(sound: Samples, model: Samples, width: int) -> Samples:
    """Scales the sound to the model's power within `width` samples around each sample."""
    return with_power(sound, power(model, width), width)


def power(sound: Samples, width: int) -> AnyArray:
    """Returns the mean square within `width` samples around each sample."""
    return np.asarray(np.maximum(uniform_filter1d(sound.astype(np.float64) ** 2, width, mode="constant"), 0))


def with_power(sound: Samples, wanted: AnyArray, width: int) -> Samples:
    """Scales the sound to this power within `width` samples around each sample."""
    return np.asarray(sound * np.sqrt(wanted / (power(sound, width) + 1e-10)), np.float32)
