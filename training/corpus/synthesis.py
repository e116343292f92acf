"""Synthesises the corpus: parts of a few minutes by one voice, one file each, kept between runs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from training import array_files
from training.corpus import espeak, festival, sentences
from training.corpus.espeak import TimedSpeech
from training.corpus.plan import CorpusPart
from training.phones import Phone
from training.processes import run_in_processes

RATE = 16000
BATCH = 20
"""Sentences per call of festival."""
REFUSALS = 100
"""Consecutive failures of espeak-ng after which synthesis stops with an error."""


@dataclass(frozen=True)
class SyntheticUtterance:
    """One utterance of the corpus: float32 samples at RATE, and the phones in them."""

    voice: str
    samples: NDArray[np.float32]
    phones: list[Phone]


def synthesise(folder: Path, wanted: list[CorpusPart], workers: int | None = None) -> list[Path]:
    """Synthesises the missing parts and returns the files of all parts."""
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [(part, _file(folder, part)) for part in missing(folder, wanted)]
    run_in_processes(
        _synthesise, jobs, "synthesising", workers, 1
    )  # one job per process: espeak-ng keeps state between utterances
    return [_file(folder, part) for part in wanted]


def missing(folder: Path, wanted: list[CorpusPart]) -> list[CorpusPart]:
    """Returns the parts that have no file yet."""
    return [part for part in wanted if not _file(folder, part).exists()]


def _file(folder: Path, part: CorpusPart) -> Path:
    return folder / f"{part.name}.npz"


def _synthesise(part: CorpusPart, file: Path) -> None:
    rng = random.Random(part.name)  # noqa: S311 - seeded with the part's name
    utterances, seconds = [], 0.0
    speak = {"flite": _flite, "festival": _festival, "espeak": _espeak}[part.engine]
    for utterance in speak(part, rng):
        utterances.append(utterance)
        seconds += len(utterance.samples) / RATE
        if seconds >= part.seconds:
            break
    save(file, utterances)


def _flite(part: CorpusPart, rng: random.Random) -> Iterator[SyntheticUtterance]:
    while True:
        yield _utterance(f"flite {part.voice}", festival.flite(sentences.sentence("en", rng), part.voice, rng))


def _festival(part: CorpusPart, rng: random.Random) -> Iterator[SyntheticUtterance]:
    o = part.options
    while True:
        batch = [sentences.sentence(o["language"], rng) for _ in range(BATCH)]
        for speech in festival.festival(batch, part.voice, o["table"], o.get("encoding", "ascii"), rng):
            yield _utterance(f"festival {part.voice}", speech)


def _espeak(part: CorpusPart, rng: random.Random) -> Iterator[SyntheticUtterance]:
    o, library = part.options, espeak.library()
    languages = [x for x in sentences.LANGUAGES if x not in o["without"]]
    refused = 0
    while refused < REFUSALS:
        language = "en" if rng.random() < o["english"] else rng.choice(languages)
        accent = rng.choice(o["accents"]) if language == "en" else o["voices"].get(language, language)
        voice = f"{accent}+{rng.choice(o['variants'])}"
        try:
            speech = library.say(sentences.sentence(language, rng), voice, rng)
        except espeak.UnexpectedLanguage:
            refused += 1
        else:
            refused = 0
            yield _utterance(f"espeak {voice}", speech)
    raise RuntimeError(f"espeak-ng failed on {REFUSALS} sentences in a row")


def _utterance(voice: str, speech: TimedSpeech) -> SyntheticUtterance:
    samples, rate, phones = speech
    floats = samples.astype(np.float32) / np.float32(32768)
    if rate != RATE:
        floats = np.asarray(soxr.resample(floats, rate, RATE), dtype=np.float32)
    return SyntheticUtterance(voice, floats, phones)


def save(file: Path, utterances: list[SyntheticUtterance]) -> None:
    """Writes int16 samples, phones, and the length of each utterance."""
    arrays = {
        "voices": np.array([u.voice for u in utterances]),
        "samples": np.concatenate([np.rint(np.clip(u.samples, -1, 1) * 32767) for u in utterances]).astype(np.int16),
        "lengths": np.array([len(u.samples) for u in utterances]),
    }
    array_files.write(file, arrays | array_files.pack_phones([u.phones for u in utterances]))


def load(file: Path) -> Iterator[SyntheticUtterance]:
    """Reads the utterances of a file."""
    arrays = array_files.read(file)
    sounds = np.split(arrays["samples"].astype(np.float32) / np.float32(32767), np.cumsum(arrays["lengths"])[:-1])
    for voice, samples, phones in zip(
        arrays["voices"].tolist(), sounds, array_files.unpack_phones(arrays), strict=True
    ):
        yield SyntheticUtterance(voice, samples, phones)
