"""The plan of the corpus: its voices and minutes (voices.toml), divided into parts of a few minutes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

PART_MINUTES = 5


@dataclass(frozen=True)
class CorpusPart:
    """Some minutes by one voice, synthesised in one job."""

    engine: str
    voice: str
    number: int
    seconds: float
    options: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        """Name of its file. It includes the length, so parts of another length are synthesised anew."""
        return f"{self.engine}-{self.voice}-{self.number:02d}-{self.seconds:.0f}s"


def smoke_parts(seconds: float) -> list[CorpusPart]:
    """Returns one short part for each synthesiser: enough to try every step."""
    some = [next(p for p in parts() if p.engine == engine) for engine in ("flite", "festival", "espeak")]
    return [replace(p, seconds=seconds) for p in some]


def parts(share: float = 1.0) -> list[CorpusPart]:
    """Returns the parts of the corpus in voices.toml, or a share of every voice."""
    plan = tomllib.loads((Path(__file__).parent / "voices.toml").read_text("utf-8"))
    out: list[CorpusPart] = []
    for voice, minutes in plan["flite"].items():
        out += _split("flite", voice, minutes * share, {})
    for voice, options in plan["festival"].items():
        out += _split("festival", voice, options["minutes"] * share, options)
    return out + _split("espeak", "all", plan["espeak"]["minutes"] * share, plan["espeak"])


def _split(engine: str, voice: str, minutes: float, options: dict[str, Any]) -> list[CorpusPart]:
    count = max(1, round(minutes / PART_MINUTES))
    return [CorpusPart(engine, voice, i, minutes * 60 / count, options) for i in range(count)]
