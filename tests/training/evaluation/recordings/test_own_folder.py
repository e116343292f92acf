"""Your own folder of recordings."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.evaluation.conftest import HEADER
from training.evaluation.recordings.own_folder import own_folder
from training.evaluation.recordings.recording import EvaluationError


def test_gaps_are_silence_and_stress_is_left_out(folder: Path) -> None:
    (one,) = own_folder(folder).recordings
    assert [p.name for p in one.phones] == ["SIL", "M", "AA", "SIL", "T"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (None, "has no phones.tsv"),
        ("", "has no column file, start, end, phone"),
        ("file\tstart\tphone\n", "has no column end"),
        (HEADER, "lists no phones"),
        (HEADER + "a.wav 0 1 M\n", "line 2 has 1 columns"),
        (HEADER + "a.wav\t0\t1,5\tM\n", "must be seconds"),
        (HEADER + "a.wav\t0\tnan\tM\n", "cannot last"),
        (HEADER + "a.wav\t0.5\t0.2\tM\n", "cannot last"),
        (HEADER + "a.wav\t0\t0.5\tʃ\n", "no ARPAbet phone"),
        (HEADER + "a.wav\t0\t0.5\tM\na.wav\t0.2\t0.6\tAA\n", "overlap at 0.2 s"),
        (HEADER + "a.wav\t0\t500\tM\n", "is 1.00 s long"),
        (HEADER + "b.wav\t0\t0.5\tM\n", "b.wav is missing"),
        (HEADER + "phones.tsv\t0\t0.5\tM\n", "not a known audio file"),
    ],
)
def test_a_bad_folder_gets_an_actionable_message(folder: Path, table: str | None, message: str) -> None:
    (folder / "phones.tsv").unlink()
    if table is not None:
        (folder / "phones.tsv").write_text(table, "utf-8")
    with pytest.raises(EvaluationError, match=message):
        own_folder(folder)
