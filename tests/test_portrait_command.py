"""`a2f-server portrait`: writes a GLB, and explains every failure."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from a2f_server.cli import app
from tests.support.photos import SAMPLE


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "me.jpg"
    path.write_bytes(SAMPLE)
    return path


def portrait(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["portrait", *map(str, arguments)], env={"NO_COLOR": "1", "COLUMNS": "200"})


def failed(result: Result) -> str:
    """Returns the message with which the command failed."""
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    assert result.stderr.startswith("a2f-server: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_the_avatar_lies_beside_the_picture(photo: Path) -> None:
    result = portrait(photo)
    assert result.exit_code == 0, result.output
    assert photo.with_suffix(".glb").read_bytes()[:4] == b"glTF"
    assert f"{photo.with_suffix('.glb')}: " in result.stdout
    assert "1 face" in result.stdout


def test_the_output_and_the_crop_are_chosen(photo: Path, tmp_path: Path) -> None:
    cropped, whole = tmp_path / "cropped.glb", tmp_path / "whole.glb"
    assert portrait(photo, "-o", cropped).exit_code == portrait(photo, "--no-crop", "-o", whole).exit_code == 0
    assert cropped.read_bytes() != whole.read_bytes()
    assert not photo.with_suffix(".glb").exists()


def test_files_that_cannot_be_used(photo: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("no picture")
    assert "No such file" in failed(portrait(tmp_path / "none.jpg"))
    assert "directory" in failed(portrait(tmp_path)).lower()
    assert "not a supported picture" in failed(portrait(text))
    assert "none/me.glb: No such file" in failed(portrait(photo, "-o", tmp_path / "none" / "me.glb"))
    assert "there is only 1 face in" in failed(portrait(photo, "--face", 1))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["me.jpg", "text.txt"]


def test_without_the_package(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "a2f_server.portrait.portrait", None)
    assert "pip install 'a2f-server[portrait]'" in failed(portrait(photo))
