"""The plan of the corpus: who speaks, for how long, in parts of a few minutes (voices.toml)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

PART_MINUTES = 5


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
