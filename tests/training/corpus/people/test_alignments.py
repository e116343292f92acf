"""Phone tables, the files of alignments, and the parts made of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.corpus import recordings_of_people as people
from training.corpus import parts as corpus
from training.corpus.people import alignments, manifest, parts
from training.corpus.people.alignments import Alignment
from training.corpus.people.manifest import Recording
from training.corpus.utterance import load
from training.errors import TrainingError
from training.phones import Phone


def test_a_table_becomes_our_phones_with_a_delay(tmp_path: Path) -> None:
    table = tmp_path / "phones.tsv"
    table.write_text("file\tphone\tstart\tend\na.wav\t+NSN+\t0\t0.1\na.wav\tCH\t0.1\t0.3\na.wav\tAH0\t0.3\t0.4\n")
    (one,) = alignments.from_table(table, 0.015).values()
    assert [p.name for p in one.phones] == ["SIL", "T", "SH", "AH"]
    assert [p.start for p in one.phones] == pytest.approx([0.015, 0.115, 0.215, 0.315])


@pytest.mark.parametrize(
    ("row", "message"), [("a.wav\tAA\tx\t1", "without start and end"), ("a.wav\tQQ\t0\t1", "'QQ'")]
)
def test_a_wrong_row_is_an_error(row: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "phones.tsv").write_text(f"file\tphone\tstart\tend\n{row}\n")
    with pytest.raises(TrainingError, match=message):
        alignments.from_table(tmp_path / "phones.tsv", 0)


def test_alignments_are_kept_and_not_made_again(tmp_path: Path) -> None:
    wanted = [Recording(f"{i}.wav", "anna", "en", "") for i in range(alignments.CHUNK + 1)]
    made = alignments.align(tmp_path, wanted, one_phone, tmp_path / "out", "aligning", workers=1)
    assert [one.file for one in made] == [one.file for one in wanted if one.file != "3.wav"]
    again = alignments.align(tmp_path, wanted, refused, tmp_path / "out", "aligning", workers=1)
    assert again == made


def test_recordings_of_another_manifest_are_aligned_anew(tmp_path: Path) -> None:
    first, second = Recording("1.wav", "anna", "en", "one"), Recording("2.wav", "anna", "en", "two")
    for wanted in ([first], [second]):
        made = alignments.align(tmp_path, wanted, one_phone, tmp_path / "out", "aligning", workers=1)
        assert [one.file for one in made] == [wanted[0].file]


def one_phone(_folder: Path, recording: Recording) -> Alignment | None:
    """Aligns all but one recording."""
    return Alignment(recording.file, [Phone("AA", 0.0, 0.5)], 0.25) if recording.file != "3.wav" else None


def refused(_folder: Path, recording: Recording) -> Alignment | None:
    """Fails."""
    raise AssertionError(recording)


def test_parts_hold_the_recordings_with_their_phones(tmp_path: Path) -> None:
    folder = people.write(tmp_path / "people")
    recordings = manifest.recordings(folder)
    aligned = alignments.from_table(folder / "phones.tsv", 0)
    (part,) = parts.parts(folder, recordings, aligned)
    (file,) = corpus.make(tmp_path / "corpus", [part], "people", workers=1)
    (spoken,) = load(file)
    assert spoken.voice == "people anna"
    assert [p.name for p in spoken.phones] == [p.name for p in aligned["anna.wav"].phones]
    assert parts.attribution(recordings, aligned) == [people.CREDIT]


def test_a_short_rest_joins_the_part_before_it(tmp_path: Path) -> None:
    recordings = [Recording(f"{i}", "anna", "en", "") for i in range(11)]
    aligned = {one.file: Alignment(one.file, [Phone("AA", 0.0, 1.0)]) for one in recordings}
    assert [len(part.aligned) for part in parts.parts(tmp_path, recordings, aligned, 4.5)] == [5, 6]


def test_other_times_make_another_part(tmp_path: Path) -> None:
    recordings = [Recording("a", "anna", "en", "")]
    names = {
        parts.parts(tmp_path, recordings, {"a": Alignment("a", [Phone("AA", 0.0, end)])})[0].name for end in (1.0, 1.1)
    }
    assert len(names) == 2
