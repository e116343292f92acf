"""Writes the recordings of the held-out speakers as a folder that `python -m training.evaluation` measures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from training.corpus.people.alignments import Alignment
from training.corpus.people.manifest import Recording
from training.phones import Phone

NEAREST = {"UY": "UW", "OE": "OW", "IX": "IH", "X": "HH", "HY": "HH"}
"""Phones that ARPAbet does not have, and those that look like them."""


def write(folder: Path, people: Path, recordings: Sequence[Recording], aligned: Iterable[Alignment]) -> None:
    """Writes `phones.tsv` and `manifest.tsv` to `folder`, with absolute paths to the recordings in `people`."""
    folder.mkdir(parents=True, exist_ok=True)
    by_file = {one.file: one.phones for one in aligned if one.phones}
    known = [one for one in recordings if one.file in by_file]
    lines = [_line(people.resolve() / one.file, phone) for one in known for phone in by_file[one.file]]
    (folder / "phones.tsv").write_text("file\tstart\tend\tphone\n" + "".join(lines), "utf-8")
    rows = [f"{people.resolve() / one.file}\t{one.speaker}\t{one.language}\t{one.sex}\n" for one in known]
    (folder / "manifest.tsv").write_text("file\tspeaker\tlanguage\tsex\n" + "".join(rows), "utf-8")


def _line(file: Path, phone: Phone) -> str:
    return f"{file}\t{phone.start:.3f}\t{phone.end:.3f}\t{NEAREST.get(phone.name, phone.name)}\n"
