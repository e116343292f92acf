"""A folder of one's own: audio files and `phones.tsv`, a header, then file, start and end in seconds, and phone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import isfinite
from pathlib import Path

from training.evaluation.material import Material
from training.evaluation.phones import PHONES, SILENCE, Said, filled
from training.evaluation.recordings import Recording, Unusable, read

COLUMNS = ("file", "start", "end", "phone")
PAUSES = frozenset({"", "SIL", "SP", "SPN", "PAU", "H#", "<EPS>"})
"""What aligners call a pause."""


def own_material(folder: Path) -> Material:
    """A folder with audio files and phones.tsv. Raises Unusable with the line that is wrong."""
    table = folder / "phones.tsv"
    by_file: dict[str, list[Said]] = {}
    for where, row in _rows(table):
        by_file.setdefault(row["file"], []).append(_said(row, where))
    if not by_file:
        raise Unusable(f"{table} lists no phones; write a line of file, start, end, phone for each")
    return Material([_recording(folder / name, said) for name, said in by_file.items()])


def _rows(table: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Each line that is not blank: where it stands, and what is in it."""
    first, *lines = _lines(table) or [""]
    header = first.split("\t")
    if missing := [name for name in COLUMNS if name not in header]:
        raise Unusable(f"{table} has no column {', '.join(missing)}; its first line names file, start, end, phone")
    for number, line in enumerate(lines, start=2):
        where, cells = f"{table}, line {number}", line.split("\t")
        if line.strip() and len(cells) != len(header):
            raise Unusable(f"{where} has {len(cells)} columns, the first line {len(header)}; use tabs")
        if line.strip():
            yield where, dict(zip(header, cells, strict=True))


def _lines(table: Path) -> list[str]:
    if not table.is_file():
        raise Unusable(
            f"{table.parent} has no phones.tsv; it needs one with tab-separated columns file, start, end, phone: "
            "seconds and ARPAbet, SIL for pauses"
        )
    try:
        return table.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise Unusable(f"{table} is not UTF-8 text; save it as tab-separated UTF-8") from None


def _said(row: Mapping[str, str], where: str) -> Said:
    try:
        start, end = float(row["start"]), float(row["end"])
    except ValueError:
        raise Unusable(f"{where}: {row['start']!r} and {row['end']!r} must be seconds, like 0.25") from None
    if not (isfinite(end) and 0 <= start <= end):
        raise Unusable(f"{where}: a phone cannot last from {start:g} to {end:g} s")
    name = row["phone"].strip().upper()
    name = SILENCE if name in PAUSES else name.rstrip("012")
    if name not in PHONES:
        raise Unusable(f"{where}: {row['phone']!r} is no ARPAbet phone; write AA, B, CH, … and SIL for pauses")
    return Said(name, start, end)


def _recording(path: Path, said: list[Said]) -> Recording:
    sound, ordered = read(path), sorted(said, key=lambda one: (one.start, one.end))
    seconds = len(sound.samples) / sound.sample_rate
    for one, after in pairwise(ordered):
        if after.start < one.end - 1e-3:
            raise Unusable(f"phones.tsv: in {path.name}, {one.phone} and {after.phone} overlap at {after.start:g} s")
    if ordered[-1].end > seconds + 0.1:
        raise Unusable(
            f"phones.tsv: {path.name} is {seconds:.2f} s long, but a phone ends at {ordered[-1].end:g} s; "
            "are these its phones, in seconds?"
        )
    return Recording(path, path.name, seconds, tuple(filled(ordered)))
