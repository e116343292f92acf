"""A report: measures, prints what was measured, and keeps it for a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from math import isnan
from pathlib import Path
from typing import Any

from rich.console import Console

from training.evaluation import peers, tables
from training.evaluation.conditions import Change
from training.evaluation.glance import glance
from training.evaluation.makers import Maker
from training.evaluation.material import Material
from training.evaluation.phones import BILABIAL
from training.evaluation.recordings import Recording, Unusable, read
from training.evaluation.score import Score, measured
from training.evaluation.track import Spoken, Track


class Report:
    """What `make` is worth on this material."""

    def __init__(self, make: Maker, on: Material) -> None:
        self.make, self.on, self.animate = make, on, _reading(make)
        self.figures: dict[str, Any] = {}
        self.console = Console()

    def measure(self, title: str) -> None:
        """All figures, beside their goals."""
        result = measured(self.animate, self.on)
        self.console.print(tables.main_table(result, title))
        self.figures |= {"title": title, "goals": tables.goals(), "score": asdict(result)}

    def by_speaker(self) -> None:
        """A line a speaker."""
        speakers = self.on.by_speaker().items()
        self._add("groups", "by speaker", {name: measured(self.animate, some) for name, some in speakers})

    def by_condition(self, changes: Mapping[str, Change]) -> None:
        """A line a condition."""
        made = {name: _reading(self.make, change) for name, change in changes.items()}
        scores = {name: measured(animate, self.on) for name, animate in made.items()}
        self._add("conditions", "by condition, the same recordings", scores)

    def beside_peers(self) -> None:
        """A line a package."""
        made = {"ours": self.animate} | {name: _reading(make) for name, make in peers.makers().items()}
        scores = {name: measured(animate, self.on) for name, animate in made.items()}
        self._add("peers", "beside other packages", scores)

    def _add(self, key: str, title: str, scores: Mapping[str, Score]) -> None:
        self.console.print(tables.many_table(scores, title))
        self.figures[key] = {name: asdict(one) for name, one in scores.items()}

    def without_phones(self, paths: Sequence[Path]) -> None:
        """What can be said of recordings whose phones nobody knows."""
        seen = {path.name: glance(sound := read(path), self.make(sound)) for path in paths}
        self.console.print(tables.glance_table(seen))
        self.figures["without_phones"] = {name: asdict(one) for name, one in seen.items()}

    def draw(self, out: Path) -> None:
        """The recording with the most p/b/m."""
        from training.evaluation import picture  # noqa: PLC0415 - matplotlib is slow to load and seldom needed

        if not self.on.recordings:
            raise Unusable("there is no recording with phones to draw")
        one = max(self.on.recordings, key=_bilabials)
        picture.draw(read(one.path), Spoken(self.animate(one.path), one.said, one.seconds), out, one.path.name)

    def save(self, out: Path) -> None:
        """As JSON."""
        out.write_text(json.dumps(_plain(self.figures), indent=1, ensure_ascii=False) + "\n", "utf-8")


def _reading(make: Maker, change: Change = lambda sound: sound) -> Callable[[Path], Track]:
    return cache(lambda path: make(change(read(path))))


def _bilabials(recording: Recording) -> int:
    return sum(one.phone in BILABIAL for one in recording.said)


def _plain(value: Any) -> Any:
    """As JSON can say it: four decimals, NaN as null."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, float):
        return None if isnan(value) else round(value, 4)
    return value
