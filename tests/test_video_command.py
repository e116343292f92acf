"""`a2f-server video`: writes an MP4, and explains every failure."""

from __future__ import annotations

import io
from pathlib import Path

import av
import pytest
from click.testing import Result
from PIL import Image
from typer.testing import CliRunner

import a2f_server.portrait
from a2f_server.api import video_studio
from a2f_server.cli import app
from tests.support.faces import GLB, flat_faces
from tests.support.sounds import buzz, wav


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A face and an audio file; faces are drawn flat."""
    monkeypatch.setattr(video_studio.VideoStudio.__init__, "__defaults__", (flat_faces,))
    monkeypatch.setenv("A2F_BACKEND", "mock")
    monkeypatch.chdir(tmp_path)
    face, speech = tmp_path / "face.glb", tmp_path / "speech.wav"
    face.write_bytes(GLB)
    speech.write_bytes(wav(buzz(1, 16000), 16000))
    return face, speech


def video(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["video", *map(str, arguments)], env={"NO_COLOR": "1", "COLUMNS": "200"})


def frames(path: Path) -> int:
    with av.open(str(path)) as file:
        return sum(1 for _ in file.decode(video=0))


def test_the_video_lies_beside_the_picture(files: tuple[Path, Path]) -> None:
    result = video(*files)
    assert result.exit_code == 0, result.output
    assert "1.0 s" in result.stdout
    assert frames(files[0].with_suffix(".mp4")) == 25


def test_options(files: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    assert video(*files, "-o", out, "--fps", 30, "--size", 256, "--no-crop").exit_code == 0
    assert frames(out) == 30


@pytest.mark.parametrize("broken", [b"", b"no sound", wav(buzz(1, 16000), 16000)[:60], b"RIFF....WAVEjunk"])
def test_a_bad_file_gives_a_message_and_leaves_nothing(files: tuple[Path, Path], broken: bytes) -> None:
    files[1].write_bytes(broken)
    before = set(files[0].parent.iterdir())
    result = video(*files)
    assert result.exit_code == 1, result.output
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith(f"a2f-server: {files[1]}: ")
    assert set(files[0].parent.iterdir()) == before


def test_missing_files_and_folders_give_a_message(files: tuple[Path, Path], tmp_path: Path) -> None:
    for arguments in ((files[0], tmp_path / "none.wav"), (*files, "-o", tmp_path / "none/out.mp4")):
        result = video(*arguments)
        assert result.exit_code == 1, result.output
        assert result.stderr == f"a2f-server: {arguments[-1]}: No such file or directory\n"


def test_a_bad_picture_is_named(files: tuple[Path, Path]) -> None:
    files[0].write_bytes(b"no picture")
    assert video(*files).stderr.startswith(f"a2f-server: {files[0]}: ")


def test_a_directory_is_no_output(files: tuple[Path, Path], tmp_path: Path) -> None:
    result = video(*files, "-o", tmp_path)
    assert (result.exit_code, result.stderr) == (1, f"a2f-server: {tmp_path}: this is a directory\n")


def test_a_warning_about_the_picture_is_shown(files: tuple[Path, Path]) -> None:
    small = io.BytesIO()
    with Image.open(Path(a2f_server.portrait.__file__).parent / "sample.jpg") as picture:
        picture.resize((160, 160 * picture.height // picture.width)).save(small, "JPEG", quality=95)
    files[0].write_bytes(small.getvalue())
    result = video(*files)
    assert result.exit_code == 0, result.output
    assert "pixels wide" in result.stderr
