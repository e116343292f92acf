"""The corpus: parts of a few minutes, each by one voice, each a file that a stopped run need not make again."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import soxr
from numpy.typing import NDArray
from rich.progress import track

from training import espeak, festival, phones, text
from training.espeak import Speech
from training.phones import Phone

RATE = 16000
PART_MINUTES = 5
BATCH = 20
"""Sentences in one call of festival."""
REFUSALS = 100
"""Sentences that espeak-ng may refuse one after the other before something must be wrong."""
T = TypeVar("T")


class Unfit(ValueError):
    """What was asked for cannot be done; its sentence says why."""


@dataclass(frozen=True)
class Spoken:
    """An utterance of the corpus: float32 samples at RATE, and the phones in them."""

    voice: str
    samples: NDArray[np.float32]
    said: list[Phone]


@dataclass(frozen=True)
class Part:
    """What one job synthesises."""

    engine: str
    voice: str
    number: int
    seconds: float
    options: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        """Of its file: a part of another length is another part."""
        return f"{self.engine}-{self.voice}-{self.number:02d}-{self.seconds:.0f}s"


def few(seconds: float) -> list[Part]:
    """A little by three voices, one of each synthesiser: enough to see that all parts work together."""
    some = [next(p for p in parts() if p.engine == engine) for engine in ("flite", "festival", "espeak")]
    return [replace(p, seconds=seconds) for p in some]


def parts(share: float = 1.0) -> list[Part]:
    """The whole corpus of voices.toml, or a share of every voice."""
    plan = tomllib.loads((Path(__file__).parent / "voices.toml").read_text("utf-8"))
    out: list[Part] = []
    for voice, minutes in plan["flite"].items():
        out += _split("flite", voice, minutes * share, {})
    for voice, options in plan["festival"].items():
        out += _split("festival", voice, options["minutes"] * share, options)
    return out + _split("espeak", "all", plan["espeak"]["minutes"] * share, plan["espeak"])


def _split(engine: str, voice: str, minutes: float, options: dict[str, Any]) -> list[Part]:
    count = max(1, round(minutes / PART_MINUTES))
    return [Part(engine, voice, i, minutes * 60 / count, options) for i in range(count)]


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


def in_processes(
    work: Callable[..., T], jobs: list[tuple[Any, ...]], label: str, workers: int | None = None, each: int | None = None
) -> list[T]:
    """What `work` gives for every job, in processes that do `each` and end. The first error ends all that waits."""
    with ProcessPoolExecutor(workers, max_tasks_per_child=each, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(work, *job) for job in jobs]
        try:
            for job in track(as_completed(running), label, len(running), disable=not jobs):
                job.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [job.result() for job in running]


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
        "names": np.array([phones.NAMES.index(p.name) for s in spoken for p in s.said], np.int16),
        "times": np.array([(p.start, p.end) for s in spoken for p in s.said], np.float32),
        "counts": np.array([len(s.said) for s in spoken]),
    }
    part = file.with_suffix(".part.npz")
    np.savez(part, **arrays)  # type: ignore[arg-type]
    part.replace(file)


def load(file: Path) -> Iterator[Spoken]:
    """What `save` wrote."""
    with np.load(file) as data:
        arrays = dict(data)
    sample_ends, phone_ends = np.cumsum(arrays["lengths"]), np.cumsum(arrays["counts"])
    for i, voice in enumerate(arrays["voices"]):
        samples = arrays["samples"][sample_ends[i] - arrays["lengths"][i] : sample_ends[i]]
        rows = range(phone_ends[i] - arrays["counts"][i], phone_ends[i])
        said = [Phone(phones.NAMES[arrays["names"][k]], *map(float, arrays["times"][k])) for k in rows]
        yield Spoken(str(voice), samples.astype(np.float32) / 32767, said)
