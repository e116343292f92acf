"""The corpus: parts of a few minutes, each by one voice, each a file that a stopped run need not make again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from training import espeak, festival, store, text
from training.espeak import Speech
from training.jobs import in_processes
from training.parts import Part
from training.phones import Phone

RATE = 16000
BATCH = 20
"""Sentences in one call of festival."""
REFUSALS = 100
"""Sentences that espeak-ng may refuse one after the other before something must be wrong."""


@dataclass(frozen=True)
class Spoken:
    """An utterance of the corpus: float32 samples at RATE, and the phones in them."""

    voice: str
    samples: NDArray[np.float32]
    said: list[Phone]


def make(folder: Path, wanted: list[Part], workers: int | None = None) -> list[Path]:
    """Synthesises the parts that are missing; gives the files of all."""
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [(part, _file(folder, part)) for part in missing(folder, wanted)]
    in_processes(_make, jobs, "speaking", workers, each=1)  # espeak-ng remembers what it said before
    return [_file(folder, part) for part in wanted]


def missing(folder: Path, wanted: list[Part]) -> list[Part]:
    """The parts that must still be spoken."""
    return [part for part in wanted if not _file(folder, part).exists()]


def _file(folder: Path, part: Part) -> Path:
    return folder / f"{part.name}.npz"


def _make(part: Part, file: Path) -> None:
    rng = random.Random(part.name)  # noqa: S311 - a seed of its own for every part
    spoken, seconds = [], 0.0
    speak = {"flite": _flite, "festival": _festival, "espeak": _espeak}[part.engine]
    for utterance in speak(part, rng):
        spoken.append(utterance)
        seconds += len(utterance.samples) / RATE
        if seconds >= part.seconds:
            break
    save(file, spoken)


def _flite(part: Part, rng: random.Random) -> Iterator[Spoken]:
    while True:
        yield _spoken(f"flite {part.voice}", festival.flite(text.sentence("en", rng), part.voice, rng))


def _festival(part: Part, rng: random.Random) -> Iterator[Spoken]:
    o = part.options
    while True:
        sentences = [text.sentence(o["language"], rng) for _ in range(BATCH)]
        for speech in festival.festival(sentences, part.voice, o["table"], o.get("encoding", "ascii"), rng):
            yield _spoken(f"festival {part.voice}", speech)


def _espeak(part: Part, rng: random.Random) -> Iterator[Spoken]:
    o, library = part.options, espeak.library()
    languages = [x for x in text.LANGUAGES if x not in o["without"]]
    refused = 0
    while refused < REFUSALS:
        language = "en" if rng.random() < o["english"] else rng.choice(languages)
        accent = rng.choice(o["accents"]) if language == "en" else o["voices"].get(language, language)
        voice = f"{accent}+{rng.choice(o['variants'])}"
        try:
            speech = library.say(text.sentence(language, rng), voice, rng)
        except espeak.OtherLanguage:
            refused += 1
        else:
            refused = 0
            yield _spoken(f"espeak {voice}", speech)
    raise RuntimeError(f"espeak-ng refused {REFUSALS} sentences, one after the other")


def _spoken(voice: str, speech: Speech) -> Spoken:
    samples, rate, said = speech
    floats = samples.astype(np.float32) / np.float32(32768)
    if rate != RATE:
        floats = np.asarray(soxr.resample(floats, rate, RATE), dtype=np.float32)
    return Spoken(voice, floats, said)


def save(file: Path, spoken: list[Spoken]) -> None:
    """One file of samples as int16, phones and where each utterance begins."""
    arrays = {
        "voices": np.array([s.voice for s in spoken]),
        "samples": np.concatenate([np.rint(np.clip(s.samples, -1, 1) * 32767) for s in spoken]).astype(np.int16),
        "lengths": np.array([len(s.samples) for s in spoken]),
    }
    store.write(file, arrays | store.packed([s.said for s in spoken]))


def load(file: Path) -> Iterator[Spoken]:
    """What `save` wrote."""
    arrays = store.read(file)
    sounds = np.split(arrays["samples"].astype(np.float32) / np.float32(32767), np.cumsum(arrays["lengths"])[:-1])
    for voice, samples, said in zip(arrays["voices"].tolist(), sounds, store.unpacked(arrays), strict=True):
        yield Spoken(voice, samples, said)
