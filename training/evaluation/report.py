"""Measures, prints the results as tables, and saves them as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from math import isnan
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from training.evaluation import tables
from training.evaluation.animators import peers
from training.evaluation.animators.animator import TrackMaker
from training.evaluation.measures.score import Score, measure
from training.evaluation.measures.track import SpeechTrack, Track
from training.evaluation.measures.unaligned import measure_unaligned
from training.evaluation.phones import BILABIAL
from training.evaluation.recordings.conditions import Change
from training.evaluation.recordings.data_folder import EvaluationSet
from training.evaluation.recordings.recording import AlignedRecording, EvaluationError, read
from training.evaluation.recordings.styles import in_styles


class Report:
    """Results of a track maker on some recordings."""

    def __init__(self, make: TrackMaker, on: EvaluationSet) -> None:
        self.make, self.on, self.animate = make, on, _reading(make)
        self.figures: dict[str, Any] = {}
        self.console = Console()

    def measure(self, title: str) -> None:
        """Measures everything and prints it with the goals."""
        result = measure(self.animate, self.on)
        self.console.print(tables.main_table(result, title))
        self.figures |= {"title": title, "goals": tables.goals(), "score": asdict(result)}

    def by_group(self) -> None:
        """Measures each group of recordings, if there are groups."""
        if groups := self.on.by_group():
            self._add("groups", "by group", {name: measure(self.animate, some) for name, some in groups.items()})

    def by_speaker(self) -> None:
        """Measures each speaker."""
        speakers = self.on.by_speaker().items()
        self._add("speakers", "by speaker", {name: measure(self.animate, some) for name, some in speakers})

    def by_condition(self, changes: Mapping[str, Change]) -> None:
        """Measures each recording condition."""
        made = {name: _reading(self.make, change) for name, change in changes.items()}
        scores = {name: measure(animate, self.on) for name, animate in made.items()}
        self._add("conditions", "by condition, the same recordings", scores)

    def by_style(self) -> None:
        """Measures the same recordings in other ways of speaking."""
        with TemporaryDirectory() as folder:
            scores = {name: measure(self.animate, some) for name, some in in_styles(self.on, Path(folder))}
        self._add("styles", "by way of speaking, the same recordings converted", scores)

    def beside_peers(self) -> None:
        """Measures other packages for comparison."""
        made = {"ours": self.animate} | {name: _reading(make) for name, make in peers.track_makers().items()}
        scores = {name: measure(animate, self.on) for name, animate in made.items()}
        self._add("peers", "beside other packages", scores)

    def _add(self, key: str, title: str, scores: Mapping[str, Score]) -> None:
        self.console.print(tables.many_table(scores, title))
        self.figures[key] = {name: asdict(one) for name, one in scores.items()}

    def without_phones(self, paths: Sequence[Path]) -> None:
        """Measures recordings without phone times."""
        measured = {path.name: measure_unaligned(sound := read(path), self.make(sound)) for path in paths}
        self.console.print(tables.unaligned_table(measured))
        self.figures["without_phones"] = {name: asdict(one) for name, one in measured.items()}

    def draw(self, out: Path) -> None:
        """Plots the recording with the most p/b/m."""
        from training.evaluation import plot  # noqa: PLC0415 - matplotlib is slow to import and rarely needed

        if not self.on.recordings:
            raise EvaluationError("there is no recording with phones to draw")
        one = max(self.on.recordings, key=_bilabials)
        plot.draw(read(one.path), SpeechTrack(self.animate(one.path), one.phones, one.seconds), out, one.path.name)

    def save(self, out: Path) -> None:
        """Writes the figures as JSON."""
        out.write_text(json.dumps(_plain(self.figures), indent=1, ensure_ascii=False) + "\n", "utf-8")


def _reading(make: TrackMaker, change: Change = lambda sound: sound) -> Callable[[Path], Track]:
    return cache(lambda path: make(change(read(path))))


def _bilabials(recording: AlignedRecording) -> int:
    return sum(one.name in BILABIAL for one in recording.phones)


def _plain(value: Any) -> Any:
    """Converts to JSON values: four decimals, NaN as null."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, float):
        return None if isnan(value) else round(value, 4)
    return value
