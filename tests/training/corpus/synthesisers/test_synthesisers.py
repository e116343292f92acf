"""The Debian packages of the synthesisers: a voice needs the rules of its language, too."""

from __future__ import annotations

import random
import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from training.corpus import sentences
from training.corpus.synthesisers import festival

ROOT = Path(__file__).parents[4]
PLAN = tomllib.loads((ROOT / "training/corpus/synthesisers/voices.toml").read_text("utf-8"))
VOICES: dict[str, dict[str, Any]] = PLAN["festival"]
FOLDER = Path("/usr/share/festival/voices")


def packages() -> set[str]:
    return set(re.findall(r"\b(?:festival|festvox|flite|espeak)[\w-]*", (ROOT / "scripts/synthesisers.sh").read_text()))


@pytest.mark.parametrize("language", ["hi", "mr", "te"])
def test_languages_that_a_voice_only_recommends_are_installed(language: str) -> None:
    """Without them: "could not open file hindi_phones.scm"."""
    assert {f"festival-{language}", f"festvox-{language}-nsk"} <= packages()


@pytest.mark.skipif(shutil.which("festival") is None, reason="festival is missing: scripts/synthesisers.sh few")
def test_every_installed_voice_speaks() -> None:
    installed = {path.name for path in FOLDER.glob("*/*")}
    silent = []
    for voice in VOICES.keys() & installed:
        options, rng = VOICES[voice], random.Random(1)
        texts = [sentences.sentence(options["language"], rng) for _ in range(2)]
        made = festival.festival(texts, voice, options["table"], options.get("encoding", "ascii"), rng)
        if not all(len(samples) > rate / 2 for samples, rate, _ in made):
            silent.append(voice)
    assert installed
    assert silent == []
