"""Changes of the recording conditions: level, telephone, noise, room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from a2f_server.audio.files import DecodedAudio
from training.evaluation.recordings.data_folder import chosen
from training.evaluation.recordings.recording import read

Change = Callable[[DecodedAudio], DecodedAudio]


def conditions(data: Path, split: str) -> dict[str, Change]:
    """Returns the changes by name; noise and room only if the data folder has the files."""
    out: dict[str, Change] = {"as it is": lambda sound: sound, "loud": loud, "quiet": quiet, "telephone": telephone}
    names = [data / "speech" / name for name in chosen(split, "silence")]
    if noises := [read(path) for path in names if path.is_file()]:
        noise = _joined(noises)
        out |= {f"noise {below} dB": partial(noisy, noise, below) for below in (20, 10)}
    if (path := data / "speech/RIR_sb_rir1.wav").is_file():
        out["room"] = partial(room, read(path))
    return out


def _joined(sounds: list[DecodedAudio]) -> DecodedAudio:
    """Concatenates sounds at equal loudness."""
    rate = sounds[0].sample_rate
    even = [replace(one, samples=one.samples / np.float32(_rms(one.samples))) for one in sounds]
    return DecodedAudio(np.concatenate([_at(rate, one) for one in even]), rate)


def loud(sound: DecodedAudio) -> DecodedAudio:
    """Raises the level by 12 dB and clips."""
    return replace(sound, samples=np.clip(sound.samples * np.float32(10**0.6), -1, 1))


def quiet(sound: DecodedAudio) -> DecodedAudio:
    """Lowers the level by 20 dB."""
    return replace(sound, samples=sound.samples * np.float32(0.1))


def telephone(sound: DecodedAudio) -> DecodedAudio:
    """Simulates a telephone: 300–3400 Hz at 8 kHz, mu-law."""
    narrow = _at(8000, sound)
    spectrum, hertz = np.fft.rfft(narrow), np.fft.rfftfreq(len(narrow), 1 / 8000)
    narrow = np.clip(np.fft.irfft(spectrum * ((hertz > 300) & (hertz < 3400)), len(narrow)), -1, 1)
    steps = np.rint(np.log1p(255 * np.abs(narrow)) / np.log(256) * 127) / 127
    return DecodedAudio((np.sign(narrow) * np.expm1(steps * np.log(256)) / 255).astype(np.float32), 8000)


def noisy(noise: DecodedAudio, decibels: float, sound: DecodedAudio) -> DecodedAudio:
    """Adds noise at this signal-to-noise ratio, starting at an offset that depends on the length."""
    other = _at(sound.sample_rate, noise)
    under = np.resize(np.roll(other, -(len(sound.samples) % len(other))), len(sound.samples))
    gain = _rms(sound.samples) / max(_rms(under), 1e-9) * 10 ** (-decibels / 20)
    return replace(sound, samples=np.clip(sound.samples + under * np.float32(gain), -1, 1))


def room(response: DecodedAudio, sound: DecodedAudio) -> DecodedAudio:
    """Applies a room's impulse response; keeps the timing of the direct sound and the rms."""
    echo, dry = _at(sound.sample_rate, response), sound.samples
    size = len(dry) + len(echo)
    wet = np.fft.irfft(np.fft.rfft(dry, size) * np.fft.rfft(echo, size), size)[int(np.argmax(np.abs(echo))) :]
    wet = wet[: len(dry)] * (_rms(dry) / max(_rms(wet[: len(dry)]), 1e-9))
    return replace(sound, samples=np.clip(wet, -1, 1).astype(np.float32))


def _at(rate: int, sound: DecodedAudio) -> NDArray[np.float32]:
    return soxr.resample(sound.samples, sound.sample_rate, rate)


def _rms(samples: NDArray[Any]) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0
