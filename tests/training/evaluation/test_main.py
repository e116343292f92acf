"""The command line: its output and its error messages."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from training.evaluation.__main__ import main
from training.evaluation.recordings.data_folder import listed


def run(*arguments: str | Path) -> tuple[int, str]:
    app = Typer()
    app.command()(main)
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    return result.exit_code, result.output


def test_your_own_folder_is_measured(folder: Path) -> None:
    code, output = run(
        folder, "--backend", "loudness", "--json", folder / "out.json", "--speakers", "--conditions", "--styles"
    )
    assert code == 0, output
    figures = listed(folder / "out.json")
    assert figures["score"]["bilabials"] == 1
    assert {"loud", "quiet", "telephone"} <= set(figures["conditions"])
    assert figures["styles"]["shout"]["bilabials"] == 1
    assert set(figures["speakers"]) == {"a.wav"}


def test_recordings_are_grouped_by_the_manifest(folder: Path) -> None:
    (folder / "manifest.tsv").write_text("file\tspeaker\tlanguage\tsex\na.wav\tanna\tde\t\n", "utf-8")
    options = ["--backend", "loudness", "--groups", "--speakers", "--json", folder / "out.json"]
    code, output = run(folder, *options)
    assert code == 0, output
    figures = listed(folder / "out.json")
    assert (set(figures["groups"]), set(figures["speakers"])) == ({"language de"}, {"anna"})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data", "nowhere"], "no data folder at nowhere"),
        (["--backend", "none-such"], "there is no backend 'none-such'"),
        (["--url", "127.0.0.1:8000"], "--url takes an address like"),
        (["--json", "no/such/out.json"], "there is no folder no/such"),
    ],
)
def test_an_unusable_request_gets_a_message(arguments: list[str], message: str) -> None:
    code, output = run(*arguments)
    assert code == 2
    assert message in output


def test_an_unreachable_server_gets_a_message(folder: Path) -> None:
    code, output = run(folder, "--url", "http://127.0.0.1:9")
    assert code == 2
    assert "is the server running there?" in output
