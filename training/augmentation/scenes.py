"""Scenes: eight seconds of the corpus as a microphone would record it.

A scene joins utterances of one voice with pauses and breaths, then adds a room, noise, a microphone and a line. Some
scenes contain no speech: there the target is a still face.
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
from training.augmentation import channels, laughter, noises, rooms, speaking_styles, voice_conversion
from training.augmentation.voice_conversion import Samples
from training.corpus.utterance import RATE, CorpusUtterance, load
from training.phones import SILENCE, Phone

STEPS = 400
"""Steps of 20 ms in a scene."""
STEP = RATE // FRAME_RATE
LENGTH = STEPS * STEP
SECONDS = STEPS / FRAME_RATE
Clip = tuple[Samples, list[Phone]]
"""Audio and the phones in it."""


@dataclass
class Scene:
    """Audio, its phones, and the loudness of the clean speech per step, 0–1."""

    audio: Samples
    phones: list[Phone]
    loudness: NDArray[np.float32]


def scenes(file: Path, rng: np.random.Generator) -> Iterator[Scene]:
    """Yields the speech of one corpus file as scenes; about one in sixteen is followed by a scene without speech."""
    queue: list[Clip] = []
    seconds = 0.0
    for utterance in load(file):
        queue.append(_varied(utterance, rng))
        pause = _pause(rng)
        queue.append((np.zeros(pause, np.float32), [Phone(SILENCE, 0.0, pause / RATE)]))
        seconds += sum(len(audio) for audio, _ in queue[-2:]) / RATE
        while seconds >= SECONDS:
            first, rest = _cut(queue)
            yield _recorded(first, rng)
            queue, seconds = [rest], len(rest[0]) / RATE
            if rng.random() < 1 / 16:
                yield _without_speech(rng)


def _pause(rng: np.random.Generator) -> int:
    return int(RATE * rng.choice([0.0, rng.uniform(0.1, 0.5), rng.uniform(0.5, 1.6)], p=[0.3, 0.45, 0.25]))


def _varied(utterance: CorpusUtterance, rng: np.random.Generator) -> Clip:
    """Returns an utterance at a random pace and level, sometimes with another voice."""
    audio, phones = utterance.samples, utterance.phones
    if rng.random() < 0.4:
        pace = float(np.exp(rng.uniform(np.log(0.82), np.log(1.2))))
        audio = soxr.resample(audio, RATE * pace, RATE, "LQ").astype(np.float32)
        phones = [Phone(p.name, p.start / pace, p.end / pace) for p in phones]
    if len(audio) > RATE // 4:
        audio, phones = _with_another_voice(audio, phones, rng)
    level = float(np.sqrt(np.mean(audio**2))) + 1e-6
    return audio * np.float32(0.1 / level * 10 ** (rng.normal(0, 3) / 20)), phones


def _with_another_voice(audio: Samples, phones: list[Phone], rng: np.random.Generator) -> Clip:
    """Changes the voice of four in ten utterances: another speaker or style, a whisper or creaky voice."""
    kind = rng.random()
    if kind < 0.15:
        return voice_conversion.revoice(audio, rng), phones
    if kind < 0.21:
        return voice_conversion.whisper(audio, rng), phones
    if kind < 0.25:
        return voice_conversion.creak(audio, rng), phones
    if kind < 0.4:
        style = rng.choice(list(speaking_styles.STYLES))
        return speaking_styles.spoken_in(speaking_styles.STYLES[style], audio, phones, rng)
    return audio, phones


def _cut(queue: list[Clip]) -> tuple[Clip, Clip]:
    """Splits the queue into the first scene and the rest."""
    audio = np.concatenate([samples for samples, _ in queue])
    phones: list[Phone] = []
    at = 0.0
    for samples, own in queue:
        phones += [Phone(p.name, p.start + at, min(p.end, len(samples) / RATE) + at) for p in own]
        at += len(samples) / RATE
    first = [Phone(p.name, p.start, min(p.end, SECONDS)) for p in phones if p.start < SECONDS and p.end > p.start]
    rest = [Phone(p.name, max(p.start - SECONDS, 0.0), p.end - SECONDS) for p in phones if p.end > SECONDS]
    return (audio[:LENGTH], first), (audio[LENGTH:], rest)


def _recorded(clip: Clip, rng: np.random.Generator) -> Scene:
    audio, phones = clip
    loudness = _loudness(audio)
    audio = _with_breaths(audio, phones, rng)
    if rng.random() < 0.45:
        audio = rooms.room(audio, rng)
    if rng.random() < 0.6:
        audio = _mixed(audio, noises.background(len(audio), rng), rng.triangular(0, 30, 45))
    return Scene(_through_channel(audio, rng), phones, loudness)


def _loudness(audio: Samples) -> NDArray[np.float32]:
    """Returns the rms of the 120 ms around each step, relative to its 95th percentile."""
    power = uniform_filter1d(audio.astype(np.float64) ** 2, int(0.12 * RATE))[::STEP][:STEPS]
    rms = np.sqrt(np.maximum(power, 0))
    return (rms / max(float(np.quantile(rms, 0.95)), 1e-4)).astype(np.float32)


def _with_breaths(audio: Samples, phones: list[Phone], rng: np.random.Generator) -> Samples:
    """Adds breaths, lip smacks, laughter and coughs to some of the longer pauses."""
    out = audio.copy()
    for phone in phones:
        start, length = int(phone.start * RATE), int((phone.end - phone.start) * RATE)
        if phone.name == SILENCE and length > 0.25 * RATE and rng.random() < 0.5:
            made = _sound_of_a_person(length, rng)
            fits = len(out[start : start + length])
            out[start : start + length] += made[:fits] * np.float32(10 ** rng.uniform(-2.7, -1.0))
    return out


def _sound_of_a_person(samples: int, rng: np.random.Generator) -> Samples:
    """Returns a sound other than speech: a breath, a lip smack, and if there is time a laugh or a cough."""
    kind = rng.random()
    if kind < 0.2 and samples > 0.6 * RATE:
        return (laughter.laughter if rng.random() < 0.7 else laughter.cough)(samples, rng)
    return (noises.breath if kind < 0.8 else noises.clicks)(samples, rng)


def _mixed(speech: Samples, noise: Samples, decibels: float) -> Samples:
    """Adds noise at this signal-to-noise ratio."""
    level = np.sqrt(np.mean(speech**2)) / (np.sqrt(np.mean(noise**2)) + 1e-9)
    return speech + noise * np.float32(level * 10 ** (-decibels / 20))


def _through_channel(audio: Samples, rng: np.random.Generator) -> Samples:
    """Applies a microphone, sometimes a telephone line or a codec, and a random level."""
    if rng.random() < 0.7:
        audio = channels.microphone(audio, rng)
    line = rng.random()
    audio = channels.telephone(audio, rng) if line < 0.08 else channels.codec(audio, rng) if line < 0.2 else audio
    peak = max(float(np.abs(audio).max()), 1e-6)
    audio = audio * np.float32(10 ** (rng.uniform(-30, 0) / 20) / peak)
    return np.round(audio * 32768) / np.float32(32768) if rng.random() < 0.7 else audio


def _without_speech(rng: np.random.Generator) -> Scene:
    """Returns a scene of noise, and sometimes a breath or laughter, without phones."""
    audio = noises.background(LENGTH, rng) * np.float32(0.1)
    kind = rng.random()
    if kind < 0.25:
        audio = audio * np.float32(0.1) + noises.breath(LENGTH, rng) * np.float32(0.05)
    elif kind < 0.6:
        audio = audio * np.float32(0.1) + sum(laughter.laughter(LENGTH, rng) for _ in range(2)) * np.float32(0.1)
    return Scene(_through_channel(audio.astype(np.float32), rng), [], np.zeros(STEPS, np.float32))
