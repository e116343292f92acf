"""The user's own folder: audio files and `phones.tsv` with the columns file, start, end (seconds) and phone.

A `manifest.tsv` with the columns file, speaker, language and sex is optional; recordings are grouped by its columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import isfinite
from pathlib import Path

from training.evaluation.phones import PHONES, with_silence
from training.evaluation.recordings.data_folder import EvaluationSet
from training.evaluation.recordings.recording import AlignedRecording, EvaluationError, read
from training.phones import SILENCE, Phone

COLUMNS = ("file", "start", "end", "phone")
GROUPS = ("language", "sex")
"""Columns of manifest.tsv that recordings are grouped by."""
PAUSES = frozenset({"", "SIL", "SP", "SPN", "PAU", "H#", "<EPS>"})
"""Names of pauses in the output of aligners."""


def own_folder(folder: Path) -> EvaluationSet:
    """Reads a folder with audio files and phones.tsv. Raises EvaluationError that names the wrong line."""
    table = folder / "phones.tsv"
    by_file: dict[str, list[Phone]] = {}
    known = _manifest(folder / "manifest.tsv")
    for where, row in _rows(table):
        by_file.setdefault(row["file"], []).append(_phone(row, where))
    if not by_file:
        raise EvaluationError(f"{table} lists no phones; write a line of file, start, end, phone for each")
    return EvaluationSet([_recording(folder / name, phones, known.get(name, {})) for name, phones in by_file.items()])


def _manifest(table: Path) -> dict[str, dict[str, str]]:
    """Returns the rows of manifest.tsv by file; none if there is no such file."""
    if not table.is_file():
        return {}
    header, *lines = (line.split("\t") for line in _lines(table) if line.strip())
    rows = [dict(zip(header, cells, strict=False)) for cells in lines]
    return {row["file"]: row for row in rows if "file" in row}


def _rows(table: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yields each line that is not blank: its position for messages, and its cells."""
    first, *lines = _lines(table) or [""]
    header = first.split("\t")
    if missing := [name for name in COLUMNS if name not in header]:
        raise EvaluationError(
            f"{table} has no column {', '.join(missing)}; its first line names file, start, end, phone"
        )
    for number, line in enumerate(lines, start=2):
        where, cells = f"{table}, line {number}", line.split("\t")
        if line.strip() and len(cells) != len(header):
            raise EvaluationError(f"{where} has {len(cells)} columns, the first line {len(header)}; use tabs")
        if line.strip():
            yield where, dict(zip(header, cells, strict=True))


def _lines(table: Path) -> list[str]:
    if not table.is_file():
        raise EvaluationError(
            f"{table.parent} has no phones.tsv; it needs one with tab-separated columns file, start, end, phone: "
            "seconds and ARPAbet, SIL for pauses"
        )
    try:
        return table.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise EvaluationError(f"{table} is not UTF-8 text; save it as tab-separated UTF-8") from None


def _phone(row: Mapping[str, str], where: str) -> Phone:
    try:
        start, end = float(row["start"]), float(row["end"])
    except ValueError:
        raise EvaluationError(f"{where}: {row['start']!r} and {row['end']!r} must be seconds, like 0.25") from None
    if not (isfinite(end) and 0 <= start <= end):
        raise EvaluationError(f"{where}: a phone cannot last from {start:g} to {end:g} s")
    name = row["phone"].strip().upper()
    name = SILENCE if name in PAUSES else name.rstrip("012")
    if name not in PHONES:
        raise EvaluationError(f"{where}: {row['phone']!r} is no ARPAbet phone; write AA, B, CH, … and SIL for pauses")
    return Phone(name, start, end)


def _recording(path: Path, phones: list[Phone], known: Mapping[str, str]) -> AlignedRecording:
    sound, ordered = read(path), sorted(phones, key=lambda one: (one.start, one.end))
    seconds = len(sound.samples) / sound.sample_rate
    for one, after in pairwise(ordered):
        if after.start < one.end - 1e-3:
            raise EvaluationError(
                f"phones.tsv: in {path.name}, {one.name} and {after.name} overlap at {after.start:g} s"
            )
    if ordered[-1].end > seconds + 0.1:
        raise EvaluationError(
            f"phones.tsv: {path.name} is {seconds:.2f} s long, but a phone ends at {ordered[-1].end:g} s; "
            "are these its phones, in seconds?"
        )
    groups = tuple(f"{column} {known[column]}" for column in GROUPS if known.get(column))
    return AlignedRecording(path, known.get("speaker", path.name), seconds, tuple(with_silence(ordered)), groups)
