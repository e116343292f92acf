"""The folder of recordings, and who in it is never trained on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.corpus import recordings_of_people as people
from training.corpus.people import manifest
from training.errors import TrainingError


def test_speakers_for_measuring_are_left_out(tmp_path: Path) -> None:
    folder = people.write(tmp_path / "people")
    assert [one.speaker for one in manifest.recordings(folder)] == list(people.TRAINED)
    assert [one.speaker for one in manifest.held_out(folder)] == [people.HELD_OUT]


def test_without_a_list_of_speakers_all_are_trained_on(tmp_path: Path) -> None:
    folder = people.write(tmp_path / "people")
    (folder / "dev_speakers.txt").unlink()
    assert len(manifest.recordings(folder)) == len(people.ROWS)


def test_blank_lines_and_line_ends_do_not_hide_a_speaker(tmp_path: Path) -> None:
    folder = people.write(tmp_path / "people")
    (folder / "dev_speakers.txt").write_bytes(b"\r\n  mona \r\n\r\notto")
    assert [one.speaker for one in manifest.recordings(folder)] == ["anna"]


def test_a_folder_without_a_manifest_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"manifest\.tsv is missing"):
        manifest.recordings(tmp_path)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    (tmp_path / "manifest.tsv").write_text("file\ttranscript\n")
    with pytest.raises(TrainingError, match="no column speaker, language"):
        manifest.recordings(tmp_path)


def test_a_missing_recording_is_named_with_its_line(tmp_path: Path) -> None:
    folder = people.write(tmp_path / "people")
    (folder / "otto.wav").unlink()
    with pytest.raises(TrainingError, match=r"line 4: there is no recording 'otto\.wav'"):
        manifest.recordings(folder)
