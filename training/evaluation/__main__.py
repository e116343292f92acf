"""`python -m training.evaluation`: measures how well lips follow speech."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from training.evaluation.conditions import conditions
from training.evaluation.makers import maker
from training.evaluation.material import material, root, unaligned
from training.evaluation.own import own_material
from training.evaluation.recordings import Unusable
from training.evaluation.report import Report


def main(
    folder: Annotated[Path | None, typer.Argument(help="A folder of your own: audio files and phones.tsv.")] = None,
    data: Annotated[Path, typer.Option(help="The data folder.")] = Path("../shared/data"),
    backend: Annotated[str, typer.Option(help="auto, builtin, mock, … or loudness, the baseline.")] = "auto",
    url: Annotated[str | None, typer.Option(help="A running server instead of a backend of this checkout.")] = None,
    token: Annotated[str | None, typer.Option(help="Its key or token.")] = None,
    split: Annotated[Literal["dev", "report", "all"], typer.Option(help="Which half: see splits.toml.")] = "dev",
    groups: Annotated[bool, typer.Option("--groups", help="A line per speaker.")] = False,
    by_condition: Annotated[bool, typer.Option("--conditions", help="Loud, quiet, telephone, noise, room.")] = False,
    peers: Annotated[bool, typer.Option("--peers", help="npm's lip-sync packages too: peers.toml.")] = False,
    picture: Annotated[Path | None, typer.Option(help="Draw the recording with the most p/b/m: a PNG.")] = None,
    out: Annotated[Path | None, typer.Option("--json", help="Write the figures as JSON.")] = None,
) -> None:
    """Measures how well lips follow speech."""
    data = root(data)
    try:
        _check_writable(picture, out)
        report = Report(maker(backend, url, token), own_material(folder) if folder else material(data, split))
        report.measure(f"{url or backend} on {folder or split}")
        if groups:
            report.by_speaker()
        if by_condition:
            report.by_condition(conditions(data, split))
        if by_condition and not folder:
            report.without_phones(unaligned(data))
        if peers:
            report.beside_peers()
        if picture:
            report.draw(picture)
        if out:
            report.save(out)
    except Unusable as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


def _check_writable(*paths: Path | None) -> None:
    """Before the work is done, not after it."""
    for path in paths:
        if path and not path.resolve().parent.is_dir():
            raise Unusable(f"{path} cannot be written: there is no folder {path.parent}")


if __name__ == "__main__":
    typer.run(main)
