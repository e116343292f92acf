"""Scenes: eight seconds of the corpus as a microphone hears it.

Utterances of one voice, pauses and breaths between them, then a room, a noise, a microphone, a line. Some scenes hold
no speech at all: the mouth is still in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from a2f_server.backends.builtin.backend import FRAME_RATE
from training import channels, corpus, phones, rooms, sounds, voicing
from training.corpus import RATE, Spoken
from training.phones import Phone

STEPS = 400
"""Steps of 20 ms in a scene."""
STEP = RATE // FRAME_RATE
LENGTH = STEPS * STEP
SECONDS = STEPS / FRAME_RATE
Sound = NDArray[np.float32]


@dataclass
class Scene:
    """Sound, the phones in it, and how loud its speech was before anything happened to it (0-1, a step each)."""

    sound: Sound
    said: list[Phone]
    loudness: Sound


def scenes(file: Path, rng: np.random.Generator) -> Iterator[Scene]:
    """The speech of one part of the corpus, in scenes; one in sixteen has none."""
    waiting: list[tuple[Sound, list[Phone]]] = []
    seconds = 0.0
    for utterance in corpus.load(file):
        waiting.append(_spoken(utterance, rng))
        pause = _pause(rng)
        waiting.append((np.zeros(pause, np.float32), [Phone(phones.SILENCE, 0.0, pause / RATE)]))
        seconds += sum(len(s) for s, _ in waiting[-2:]) / RATE
        while seconds >= SECONDS:
            whole, rest = _cut(waiting)
            yield _heard(whole, rng)
            waiting, seconds = [rest], len(rest[0]) / RATE
            if rng.random() < 1 / 16:
                yield _still(rng)


def _pause(rng: np.random.Generator) -> int:
    return int(RATE * rng.choice([0.0, rng.uniform(0.1, 0.5), rng.uniform(0.5, 1.6)], p=[0.3, 0.45, 0.25]))


def _spoken(utterance: Spoken, rng: np.random.Generator) -> tuple[Sound, list[Phone]]:
    """An utterance at some pace and level, some of them by another voice."""
    sound, pace = utterance.samples, 1.0
    if rng.random() < 0.4:
        pace = float(np.exp(rng.uniform(np.log(0.82), np.log(1.2))))
        sound = soxr.resample(sound, RATE * pace, RATE, "LQ").astype(np.float32)
    said = [Phone(p.name, p.start / pace, p.end / pace) for p in utterance.said]
    if len(sound) > RATE // 4:
        sound = _revoiced(sound, rng)
    level = float(np.sqrt(np.mean(sound**2))) + 1e-6
    return sound * np.float32(0.1 / level * 10 ** (rng.normal(0, 3) / 20)), said


def _revoiced(sound: Sound, rng: np.random.Generator) -> Sound:
    """Three in ten by another voice, whispered or creaking."""
    kind = rng.random()
    if kind < 0.2:
        return voicing.revoice(sound, rng)
    if kind < 0.25:
        return voicing.whisper(sound, rng)
    return voicing.creak(sound, rng) if kind < 0.3 else sound


def _cut(waiting: list[tuple[Sound, list[Phone]]]) -> tuple[tuple[Sound, list[Phone]], tuple[Sound, list[Phone]]]:
    """The first scene's length of what waits, and the rest of it."""
    sound = np.concatenate([s for s, _ in waiting])
    said: list[Phone] = []
    at = 0.0
    for part, its in waiting:
        said += [Phone(p.name, p.start + at, min(p.end, len(part) / RATE) + at) for p in its]
        at += len(part) / RATE
    seconds = SECONDS
    first = [Phone(p.name, p.start, min(p.end, seconds)) for p in said if p.start < seconds and p.end > p.start]
    rest = [Phone(p.name, max(p.start - seconds, 0.0), p.end - seconds) for p in said if p.end > seconds]
    return (sound[:LENGTH], first), (sound[LENGTH:], rest)


def _heard(whole: tuple[Sound, list[Phone]], rng: np.random.Generator) -> Scene:
    sound, said = whole
    loudness = _loudness(sound)
    sound = _with_breaths(sound, said, rng)
    if rng.random() < 0.45:
        sound = rooms.room(sound, rng)
    if rng.random() < 0.6:
        sound = _mixed(sound, sounds.background(len(sound), rng), rng.triangular(0, 30, 45))
    return Scene(_carried(sound, rng), said, loudness)


def _loudness(sound: Sound) -> Sound:
    """Of each step's surrounding 120 ms, against the loudest tenth."""
    power = uniform_filter1d(sound.astype(np.float64) ** 2, int(0.12 * RATE))[::STEP][:STEPS]
    rms = np.sqrt(np.maximum(power, 0))
    return (rms / max(float(np.quantile(rms, 0.95)), 1e-4)).astype(np.float32)


def _with_breaths(sound: Sound, said: list[Phone], rng: np.random.Generator) -> Sound:
    """Breaths and smacks in some of the longer pauses."""
    out = sound.copy()
    for phone in said:
        start, length = int(phone.start * RATE), int((phone.end - phone.start) * RATE)
        if phone.name == phones.SILENCE and length > 0.25 * RATE and rng.random() < 0.5:
            made = (sounds.breath if rng.random() < 0.75 else sounds.clicks)(length, rng)
            room = len(out[start : start + length])
            out[start : start + length] += made[:room] * np.float32(10 ** rng.uniform(-2.7, -1.0))
    return out


def _mixed(sound: Sound, noise: Sound, decibels: float) -> Sound:
    """Noise this far below the speech."""
    level = np.sqrt(np.mean(sound**2)) / (np.sqrt(np.mean(noise**2)) + 1e-9)
    return sound + noise * np.float32(level * 10 ** (-decibels / 20))


def _carried(sound: Sound, rng: np.random.Generator) -> Sound:
    """Through a microphone, perhaps a line, at any level."""
    if rng.random() < 0.7:
        sound = channels.microphone(sound, rng)
    line = rng.random()
    sound = channels.telephone(sound, rng) if line < 0.08 else channels.codec(sound, rng) if line < 0.2 else sound
    peak = max(float(np.abs(sound).max()), 1e-6)
    sound = sound * np.float32(10 ** (rng.uniform(-30, 0) / 20) / peak)
    return np.round(sound * 32768) / np.float32(32768) if rng.random() < 0.7 else sound


def _still(rng: np.random.Generator) -> Scene:
    """Nobody speaks."""
    sound = sounds.background(LENGTH, rng) * np.float32(0.1)
    if rng.random() < 0.3:
        sound = sound * 0.1 + sounds.breath(LENGTH, rng) * np.float32(0.05)
    return Scene(_carried(sound.astype(np.float32), rng), [], np.zeros(STEPS, np.float32))
