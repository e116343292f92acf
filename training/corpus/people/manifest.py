"""The folder of recordings: `manifest.tsv`, and the speakers who are for measuring only.

`manifest.tsv` has tab-separated columns, named in its first line: `file` (relative to the folder), `speaker`,
`language` (a key of languages.toml), `transcript`, and optionally `attribution` and `sex`. `dev_speakers.txt` names a
speaker per line; their recordings are never trained on.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from training.errors import TrainingError

COLUMNS = ("file", "speaker", "language", "transcript")


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording of a person; `attribution` is the credit that its licence asks for."""

    file: str
    speaker: str
    language: str
    transcript: str
    attribution: str = ""
    sex: str = field(default="", repr=False)
    """As the manifest has it. Not in the representation, which names the files of alignments."""

    @property
    def keyword(self) -> bool:
        """Whether the transcript is a label in brackets instead of what is said."""
        return self.transcript.startswith("[")


def recordings(folder: Path) -> list[Recording]:
    """Returns the recordings that may be trained on. Raises TrainingError that names the wrong line."""
    measured = measured_speakers(folder)
    return [one for one in every_recording(folder) if one.speaker not in measured]


def held_out(folder: Path) -> list[Recording]:
    """Returns the recordings of the speakers who are for measuring only."""
    measured = measured_speakers(folder)
    return [one for one in every_recording(folder) if one.speaker in measured]


def measured_speakers(folder: Path) -> frozenset[str]:
    """Returns the speakers of dev_speakers.txt; none if there is no such file."""
    file = folder / "dev_speakers.txt"
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return frozenset(line.strip() for line in lines if line.strip())


def every_recording(folder: Path) -> Iterator[Recording]:
    """Yields the rows of manifest.tsv."""
    for number, row in enumerate(rows(folder / "manifest.tsv", COLUMNS), start=2):
        if None in row.values() or not (folder / row["file"]).is_file():
            raise TrainingError(f"{folder / 'manifest.tsv'}, line {number}: there is no recording {row['file']!r}")
        file, speaker, language, transcript = (row[name] for name in COLUMNS)
        yield Recording(file, speaker, language, transcript, row.get("attribution", ""), row.get("sex", ""))


def rows(file: Path, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Yields the rows of a table with tab-separated columns. Raises TrainingError if it, or a column, is missing."""
    if not file.is_file():
        raise TrainingError(f"{file} is missing; training/README.md describes a folder of recordings")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        table = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        if absent := [name for name in columns if name not in (table.fieldnames or ())]:
            raise TrainingError(f"{file} has no column {', '.join(absent)}; its first line names the columns")
        yield from table
