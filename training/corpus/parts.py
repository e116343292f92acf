"""The corpus in parts of a few minutes, one file each, kept between runs.

The three kinds of material (`synthesisers/`, `neural_voices/`, `people/`) each return a list of parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from training.corpus.utterance import CorpusUtterance, save
from training.processes import run_in_processes


class CorpusPart(Protocol):
    """Some minutes of speech that are made in one job. It is pickled, and always makes the same."""

    @property
    def name(self) -> str:
        """Name of its file. It includes what the content depends on, so a changed part is made anew."""

    @property
    def seconds(self) -> float:
        """Seconds after which no more is made."""

    def utterances(self) -> Iterator[CorpusUtterance]:
        """Makes the utterances, one after another, possibly without end."""


def make(folder: Path, wanted: Sequence[CorpusPart], label: str, workers: int | None = None) -> list[Path]:
    """Makes the missing parts and returns the files of all parts."""
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [(part, _file(folder, part)) for part in missing(folder, wanted)]
    # one job per process: espeak-ng keeps state between utterances
    run_in_processes(_make, jobs, label, workers, 1)
    return [_file(folder, part) for part in wanted]


def missing(folder: Path, wanted: Sequence[CorpusPart]) -> list[CorpusPart]:
    """Returns the parts that have no file yet."""
    return [part for part in wanted if not _file(folder, part).exists()]


def _file(folder: Path, part: CorpusPart) -> Path:
    return folder / f"{part.name}.npz"


def _make(part: CorpusPart, file: Path) -> None:
    made: list[CorpusUtterance] = []
    seconds = 0.0
    for spoken in part.utterances():
        made.append(spoken)
        seconds += spoken.seconds
        if seconds >= part.seconds:
            break
    save(file, made)
