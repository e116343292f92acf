"""`a2f-server models check` and `pull` for networks that are no bundles."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from a2f_server.cli import app
from a2f_server.models_command import catalogue
from tests.support.hub import run_hub
from tests.support.spawning import command
from tools.sequence_networks.writing import write

REPOSITORY = "myned-ai/wav2arkit_cpu"


def check(folder: Path, *options: str) -> Result:
    result = CliRunner().invoke(
        app, ["models", "check", str(folder), "--device", "cpu", *options], env={"NO_COLOR": "1"}
    )
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_a_network_is_described_and_measured(tmp_path: Path) -> None:
    write(tmp_path, "unitalker")
    result = check(tmp_path, "--backend", "unitalker")
    assert result.exit_code == 0
    for words in (
        "UniTalker: whole sequences, 2000 ms of audio for every 15 frames",
        "51 of 52, at 30 FPS",
        "1000 ms at 30 FPS",
        "ms per window, on CPUExecutionProvider",
        "one stream needs 2 windows per second: real-time factor 0.",
        "all files are present and consistent",
    ):
        assert words in result.output


def test_the_speed_is_left_out_if_not_asked_for(tmp_path: Path) -> None:
    write(tmp_path, "wav2arkit")
    result = check(tmp_path, "--backend", "wav2arkit", "--no-measure")
    assert result.exit_code == 0
    assert "licence     Apache License 2.0" in result.output
    assert "per window" not in result.output


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        ("unitalker", "has no ONNX file for the backend unitalker"),
        ("mock", "the backend 'mock' has no files to check"),
        ("none", "there is no backend 'none'"),
        ("none.toml", "none.toml cannot be read"),
    ],
)
def test_problems_are_lines(tmp_path: Path, backend: str, words: str) -> None:
    result = check(tmp_path, "--backend", backend)
    assert result.exit_code == 1
    [line] = [line for line in result.output.splitlines() if line.startswith("  problem")]
    assert words in line


@pytest.mark.parametrize("described", [False, True])
def test_wav2arkit_and_your_own_are_downloaded_and_checked(tmp_path: Path, described: bool) -> None:
    file = write(tmp_path / "repository", "wav2arkit")
    own = tmp_path / "mine.toml"
    own.write_text('name = "mine"\nrepository = "me/mine"\nlicence = "MIT"\norder = "alphabetical"\n')
    asked, backend = (str(own), str(own)) if described else (REPOSITORY, "wav2arkit")
    home = {"HF_HOME": str(tmp_path / "home"), "HF_TOKEN": "", "HF_HUB_OFFLINE": "0"}
    with run_hub(file.parent, "me/mine" if described else REPOSITORY) as hub:
        ended = command(
            *("models", "pull", asked, "--to", str(tmp_path / "to"), "--accept-licence"), HF_ENDPOINT=hub.url, **home
        )
    assert ended.returncode == 0, ended.stderr
    assert ("MIT" if described else "Apache License 2.0") in ended.stdout
    assert ended.stdout.splitlines()[-2:] == [f"A2F_BACKEND={backend}", f"A2F_MODEL_DIR={tmp_path / 'to'}"]
    assert (tmp_path / "to/wav2arkit.onnx").read_bytes() == file.read_bytes()


def test_a_description_without_a_repository(tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    own.write_text('name = "mine"')
    with pytest.raises(ValueError, match="names no repository"):
        catalogue.source(str(own), None)
    own.write_text('name = "mine"\nrepository = "me/mine"')
    assert catalogue.source(str(own), "v1").revision == "v1"
    assert catalogue.licence(catalogue.source(str(own), None)) == "me/mine has its own licence: read it on its page."
