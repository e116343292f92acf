"""The program: what it writes, and what it says when it cannot measure."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from training.evaluation.__main__ import main
from training.evaluation.material import listed


def run(*arguments: str | Path) -> tuple[int, str]:
    app = Typer()
    app.command()(main)
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    return result.exit_code, result.output


def test_a_folder_of_ones_own_is_measured(folder: Path) -> None:
    code, output = run(folder, "--backend", "loudness", "--json", folder / "out.json", "--groups", "--conditions")
    assert code == 0, output
    figures = listed(folder / "out.json")
    assert figures["score"]["bilabials"] == 1
    assert {"loud", "quiet", "telephone"} <= set(figures["conditions"])
    assert set(figures["groups"]) == {"a.wav"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--data", "nowhere"], "no data folder at nowhere"),
        (["--backend", "none-such"], "there is no backend 'none-such'"),
        (["--url", "127.0.0.1:8000"], "--url takes an address like"),
        (["--json", "no/such/out.json"], "there is no folder no/such"),
    ],
)
def test_what_cannot_be_measured_is_said(arguments: list[str], sentence: str) -> None:
    code, output = run(*arguments)
    assert code == 2
    assert sentence in output


def test_a_server_that_is_not_there_is_said(folder: Path) -> None:
    code, output = run(folder, "--url", "http://127.0.0.1:9")
    assert code == 2
    assert "is the server running there?" in output
