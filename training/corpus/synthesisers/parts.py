"""The voices of voices.toml and their minutes, divided into parts."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from training.corpus import sentences
from training.corpus.synthesisers import espeak, festival
from training.corpus.utterance import CorpusUtterance, from_speech

PART_MINUTES = 5
PROGRAMS = ("espeak-ng", "flite", "festival")
BATCH = 20
"""Sentences per call of festival."""
REFUSALS = 100
"""Consecutive failures of espeak-ng after which synthesis stops with an error."""


@dataclass(frozen=True)
class SynthesiserPart:
    """Some minutes by one voice."""

    engine: str
    voice: str
    number: int
    seconds: float
    options: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        """Name of its file. It includes the length, so parts of another length are synthesised anew."""
        return f"{self.engine}-{self.voice}-{self.number:02d}-{self.seconds:.0f}s"

    def utterances(self) -> Iterator[CorpusUtterance]:
        """Speaks sentence after sentence, without end."""
        speak = {"flite": _flite, "festival": _festival, "espeak": _espeak}[self.engine]
        return speak(self, random.Random(self.name))  # noqa: S311 - seeded with the part's name


def parts(share: float = 1.0) -> list[SynthesiserPart]:
    """Returns the parts of the corpus in voices.toml, or a share of every voice."""
    plan = tomllib.loads((Path(__file__).parent / "voices.toml").read_text("utf-8"))
    out: list[SynthesiserPart] = []
    for voice, minutes in plan["flite"].items():
        out += _split("flite", voice, minutes * share, {})
    for voice, options in plan["festival"].items():
        out += _split("festival", voice, options["minutes"] * share, options)
    return out + _split("espeak", "all", plan["espeak"]["minutes"] * share, plan["espeak"])


def smoke_parts(seconds: float) -> list[SynthesiserPart]:
    """Returns one short part for each synthesiser: enough to try every step."""
    some = [next(p for p in parts() if p.engine == engine) for engine in ("flite", "festival", "espeak")]
    return [replace(p, seconds=seconds) for p in some]


def attribution() -> list[str]:
    """Returns a line for each group of voices of the corpus."""
    plan = tomllib.loads((Path(__file__).parent / "voices.toml").read_text("utf-8"))
    return list(plan["attribution"].values())


def _split(engine: str, voice: str, minutes: float, options: dict[str, Any]) -> list[SynthesiserPart]:
    count = max(1, round(minutes / PART_MINUTES))
    return [SynthesiserPart(engine, voice, i, minutes * 60 / count, options) for i in range(count)]


def _flite(part: SynthesiserPart, rng: random.Random) -> Iterator[CorpusUtterance]:
    while True:
        yield from_speech(f"flite {part.voice}", *festival.flite(sentences.sentence("en", rng), part.voice, rng))


def _festival(part: SynthesiserPart, rng: random.Random) -> Iterator[CorpusUtterance]:
    o = part.options
    while True:
        batch = [sentences.sentence(o["language"], rng) for _ in range(BATCH)]
        for speech in festival.festival(batch, part.voice, o["table"], o.get("encoding", "ascii"), rng):
            yield from_speech(f"festival {part.voice}", *speech)


def _espeak(part: SynthesiserPart, rng: random.Random) -> Iterator[CorpusUtterance]:
    o = part.options
    languages = [x for x in sentences.LANGUAGES if x not in o["without"]]
    refused = 0
    while refused < REFUSALS:
        language = "en" if rng.random() < o["english"] else rng.choice(languages)
        accent = rng.choice(o["accents"]) if language == "en" else o["voices"].get(language, language)
        voice = f"{accent}+{rng.choice(o['variants'])}"
        try:
            speech = espeak.say(sentences.sentence(language, rng), voice, espeak.random_settings(rng))
        except (espeak.UnexpectedLanguage, espeak.Crash):
            refused += 1
        else:
            refused = 0
            yield from_speech(f"espeak {voice}", *speech)
    raise RuntimeError(f"espeak-ng failed on {REFUSALS} sentences in a row")
