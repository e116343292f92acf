"""Makes audio and audio files for tests."""

from __future__ import annotations

import io
import wave

import numpy as np
import soundfile


def buzz(seconds: float, rate: int, channels: int = 1, seed: int = 0) -> np.ndarray:
    """Returns float32 audio with bursts of voice over noise, `[n]` or interleaved `[n, channels]`."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(seconds * rate)) / rate
    sound = 0.3 * np.sign(np.sin(2 * np.pi * 120 * t)) * (np.sin(2 * np.pi * 3 * t) > 0) + rng.normal(0, 0.01, len(t))
    mono = sound.astype(np.float32)
    return mono if channels == 1 else np.repeat(mono[:, None], channels, axis=1)


def s16(sound: np.ndarray) -> bytes:
    return np.rint(sound * 32767).astype("<i2").tobytes()


def wav(sound: np.ndarray, rate: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1 if sound.ndim == 1 else sound.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(s16(sound))
    return out.getvalue()


def encoded(sound: np.ndarray, rate: int, format: str, subtype: str | None = None) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, sound, rate, format=format, subtype=subtype)
    return out.getvalue()
