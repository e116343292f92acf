"""Makes voice.wav: four seconds of babble, from a buzz through resonances.

`python tests/data/make_voice.py` writes it again. The file is committed because the golden vectors need the same bytes
everywhere, and floating-point synthesis differs between machines.
"""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

RATE = 16000
VOWELS = {
    "a": (750, 1250, 2600),
    "i": (290, 2300, 3000),
    "u": (320, 800, 2300),
    "o": (480, 900, 2400),
    "e": (520, 1900, 2550),
}
SCRIPT = "ma ba mi bu pa mo be ma"


def resonate(x: np.ndarray, frequency: float, width: float) -> np.ndarray:
    """Applies a two-pole resonance."""
    r = np.exp(-np.pi * width / RATE)
    a, b = 2 * r * np.cos(2 * np.pi * frequency / RATE), -r * r
    y = np.zeros(len(x) + 2)
    for n, value in enumerate(x):
        y[n + 2] = (1 - r) * value + a * y[n + 1] + b * y[n]
    return y[2:]


def syllable(vowel: str, pitch: float) -> np.ndarray:
    """Returns 90 ms of silence (closed lips), then 230 ms of a vowel."""
    n = int(0.23 * RATE)
    phase = np.cumsum(pitch * (1 + 0.1 * np.sin(np.linspace(0, 3, n)))) / RATE
    buzz = np.diff(np.floor(phase), prepend=0.0)
    voiced = sum(resonate(buzz, f, 60 + 30 * k) / (k + 1) for k, f in enumerate(VOWELS[vowel]))
    shape = np.minimum(1, np.minimum(np.arange(n) / (0.02 * RATE), (n - np.arange(n)) / (0.05 * RATE)))
    return np.concatenate([np.zeros(int(0.09 * RATE)), voiced * shape])


def main() -> None:
    """Writes the file next to this script."""
    rng = np.random.default_rng(7)
    parts = [np.zeros(RATE // 2)]
    for k, word in enumerate(SCRIPT.split()):
        parts.append(syllable(word[-1], 118 - 3 * k))
    speech = np.concatenate([*parts, np.zeros(RATE // 2)])
    speech *= 0.4 / np.abs(speech).max()
    hiss = rng.normal(0, 0.01, RATE // 2)
    sound = np.concatenate([speech + rng.normal(0, 0.0005, len(speech)), hiss])
    with wave.open(str(Path(__file__).with_name("voice.wav")), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.rint(sound * 32767).astype("<i2").tobytes())


if __name__ == "__main__":
    main()
