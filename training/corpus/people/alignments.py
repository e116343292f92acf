"""Alignments: the phones of recordings, from a table or by an aligner, and the files that hold them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from training import array_files, phones
from training.corpus.people.manifest import Recording, rows
from training.errors import TrainingError
from training.phones import SILENCE, Phone
from training.processes import run_in_processes

CHUNK = 100
"""Recordings aligned in one job."""
COLUMNS = ("file", "phone", "start", "end")


@dataclass(frozen=True)
class Alignment:
    """The phones of a recording; `score` is higher for a better fit, and comparable within one aligner."""

    file: str
    phones: list[Phone]
    score: float = 0.0


Aligner = Callable[[Path, Recording], Alignment | None]
"""Aligns a recording of a folder; None if it cannot."""


def from_table(file: Path, delay: float) -> dict[str, Alignment]:
    """Reads phones.tsv with the columns file, phone (ARPAbet, SIL, or a name like +NSN+ for noise), start and end.

    `delay` is added to the times (seconds). Returns the alignments by file.
    """
    out: dict[str, Alignment] = {}
    for name, table in groupby(rows(file, COLUMNS), lambda row: row["file"]):
        spoken: list[Phone] = []
        for row in table:
            try:
                start, end = (max(float(row[key]) + delay, 0.0) for key in ("start", "end"))
            except (TypeError, ValueError):
                raise TrainingError(f"{file}: {name} has a phone without start and end in seconds") from None
            spoken += phones.spread(_arpa(row["phone"]), start, end)
        out[name] = Alignment(name, [p for p in spoken if p.end > p.start])
    return out


def _arpa(name: str) -> tuple[str, ...]:
    if name.startswith(("+", "SIL", "SP")):
        return (SILENCE,)
    plain = name.lower().rstrip("012")
    if plain not in phones.table("arpa"):
        raise TrainingError(f"{name!r} is no ARPAbet phone")
    return phones.table("arpa")[plain]


def align(
    folder: Path, wanted: Sequence[Recording], aligner: Aligner, out: Path, label: str, workers: int | None = None
) -> list[Alignment]:
    """Aligns recordings in chunks, whose files in `out` are kept, and returns those that could be aligned."""
    out.mkdir(parents=True, exist_ok=True)
    chunks = [wanted[at : at + CHUNK] for at in range(0, len(wanted), CHUNK)]
    files = [out / f"{i:03d}-{_digest(chunk)}.npz" for i, chunk in enumerate(chunks)]
    jobs = [(folder, chunk, aligner, file) for chunk, file in zip(chunks, files, strict=True) if not file.exists()]
    run_in_processes(_align, jobs, label, workers)
    return [one for file in files for one in load(file)]


def _digest(wanted: Sequence[Recording]) -> str:
    """Returns a name for these recordings, so that those of another manifest are aligned anew."""
    return hashlib.sha256(repr(wanted).encode()).hexdigest()[:8]


def _align(folder: Path, wanted: Sequence[Recording], aligner: Aligner, file: Path) -> None:
    made = [aligner(folder, recording) for recording in wanted]
    save(file, [one for one in made if one])


def save(file: Path, made: Iterable[Alignment]) -> None:
    """Writes alignments."""
    kept = list(made)
    arrays = {
        "files": np.array([one.file for one in kept], dtype=np.str_),
        "scores": np.array([one.score for one in kept], np.float64),
    }
    array_files.write(file, arrays | array_files.pack_phones([one.phones for one in kept]))


def load(file: Path) -> list[Alignment]:
    """Reads alignments."""
    arrays = array_files.read(file)
    found = zip(arrays["files"].tolist(), array_files.unpack_phones(arrays), arrays["scores"].tolist(), strict=True)
    return [Alignment(*one) for one in found]
