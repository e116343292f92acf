"""Makes page/sample.wav, the sample audio of the demo page. The voice is synthetic, so there are no rights to clear.

A formant synthesiser in the manner of Klatt: a buzz and a hiss pass through five resonances that glide from sound to
sound. The text is "Hello! I am your new face. Nice to meet you."  Run `python web/scripts/make_sample.py`.
"""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

RATE = 24000
STEP = 48
"""Samples between updates of the resonances: 2 ms."""
GLIDE_S = 0.035


@dataclass(frozen=True)
class Phone:
    """Formants in Hertz; levels of buzz, of breath (filtered by the resonances) and of hiss (unfiltered)."""

    formants: tuple[int, int, int]
    buzz: float = 1.0
    breath: float = 0.0
    hiss: float = 0.0


PHONES = {
    "_": Phone((500, 1500, 2500), buzz=0),
    "h": Phone((550, 1770, 2490), buzz=0.05, breath=0.35),
    "E": Phone((550, 1770, 2490)),
    "l": Phone((360, 1000, 2700), buzz=0.55),
    "o": Phone((540, 1050, 2300)),
    "U": Phone((430, 950, 2300), buzz=0.8),
    "a": Phone((740, 1220, 2500)),
    "I": Phone((390, 2000, 2600), buzz=0.85),
    "A": Phone((660, 1720, 2410)),
    "m": Phone((260, 1100, 2200), buzz=0.16),
    "n": Phone((270, 1650, 2500), buzz=0.2),
    "j": Phone((280, 2250, 2900), buzz=0.7),
    "O": Phone((570, 860, 2410)),
    "r": Phone((400, 1200, 1650), buzz=0.7),
    "u": Phone((310, 900, 2240)),
    "i": Phone((280, 2300, 2950)),
    "e": Phone((480, 1950, 2550)),
    "f": Phone((400, 1300, 2400), buzz=0, hiss=0.12),
    "s": Phone((350, 1700, 2600), buzz=0, hiss=0.4),
    "t": Phone((350, 1700, 2600), buzz=0, hiss=0.3),
}
# Each phone and its length in hundredths of a second; "_" is silence.
SCRIPT = (
    "_30 h6 E10 l8 o13 U12 _24 a12 I9 A13 m11 j6 O10 r9 n8 u16 f11 e13 I10 s13 _26 "
    "n9 a13 I9 s12 _4 t2 u8 m11 i14 _4 t2 j6 u22 _40"
)


def tracks() -> tuple[np.ndarray, np.ndarray]:
    """Returns formants `[n, 3]` and levels of buzz, breath and hiss `[n, 3]` per step, smoothed."""
    script = [(PHONES[part[0]], int(part[1:]) / 100) for part in SCRIPT.split()]
    lengths = [round(seconds * RATE / STEP) for _, seconds in script]
    formants = np.repeat([sound.formants for sound, _ in script], lengths, axis=0).astype(float)
    levels = np.repeat([(s.buzz, s.breath, s.hiss) for s, _ in script], lengths, axis=0).astype(float)
    return glide(formants, GLIDE_S), glide(levels, GLIDE_S / 2)


def glide(values: np.ndarray, seconds: float) -> np.ndarray:
    """Smooths columns with a raised-cosine window."""
    window = np.hanning(round(2 * seconds * RATE / STEP) | 1)
    padded = np.pad(values, ((len(window) // 2,) * 2, (0, 0)), mode="edge")
    return np.stack([np.convolve(column, window / window.sum(), "valid") for column in padded.T], axis=1)


def voice(n: int, rng: np.random.Generator) -> np.ndarray:
    """Returns the buzz of vocal folds: pulses with a soft opening and quick close, with a falling pitch and jitter."""
    t = np.arange(n) / RATE
    melody = np.interp(t, [0, 0.45, 0.8, 1.05, 1.5, 2.2, 2.45, 2.9, 3.6], [118, 142, 108, 130, 138, 100, 122, 126, 92])
    pitch = melody * (1 + 0.012 * np.sin(2 * np.pi * 4.7 * t) + 0.004 * glide(rng.normal(size=(n, 1)), 0.02)[:, 0])
    phase = np.cumsum(pitch) / RATE % 1
    opening = np.where(phase < 0.6, 0.5 - 0.5 * np.cos(np.pi * phase / 0.6), np.cos(np.pi / 2 * (phase - 0.6) / 0.12))
    return np.diff(np.where(phase < 0.72, opening, 0), prepend=0.0)


def resonate(x: np.ndarray, frequencies: np.ndarray, width: float) -> np.ndarray:
    """Applies a two-pole resonance with a frequency per step and unity gain at 0 Hz."""
    r = np.exp(-np.pi * width / RATE)
    y = np.zeros(len(x) + 2)
    for step, frequency in enumerate(frequencies):
        a, b = 2 * r * np.cos(2 * np.pi * frequency / RATE), -r * r
        for n in range(step * STEP, (step + 1) * STEP):
            y[n + 2] = (1 - a - b) * x[n] + a * y[n + 1] + b * y[n]
    return y[2:]


def main() -> None:
    """Writes page/sample.wav."""
    rng = np.random.default_rng(3)
    formants, levels = tracks()
    n = len(formants) * STEP
    buzz, breath, hiss = np.repeat(levels, STEP, axis=0).T
    noise = rng.normal(size=n)
    sound = buzz * voice(n, rng) + breath * 0.02 * noise
    fixed = np.ones(len(formants))
    for frequencies, width in zip([*formants.T, fixed * 3500, fixed * 4500], [70, 90, 130, 250, 300], strict=True):
        sound = resonate(sound, frequencies, width)
    sound /= np.abs(sound).max()
    sharp = np.diff(np.diff(noise, prepend=0.0), prepend=0.0)
    sound += 0.12 * hiss * sharp
    sound *= 0.6 / np.abs(sound).max()
    with wave.open(str(Path(__file__).parents[1] / "page" / "sample.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.rint(sound * 32767).astype("<i2").tobytes())


if __name__ == "__main__":
    main()
