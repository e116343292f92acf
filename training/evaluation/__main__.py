"""`python -m training.evaluation`: measures how well lips follow speech."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from training.evaluation.animators.animator import track_maker
from training.evaluation.recordings.conditions import conditions
from training.evaluation.recordings.data_folder import PEOPLE, evaluation_set, root, unaligned
from training.evaluation.recordings.own_folder import own_folder
from training.evaluation.recordings.recording import EvaluationError
from training.evaluation.report import Report


def main(
    folder: Annotated[Path | None, typer.Argument(help="Folder with your own audio files and phones.tsv.")] = None,
    data: Annotated[Path, typer.Option(help="The data folder (see recordings/data_folder.py).")] = Path(
        "../shared/data"
    ),
    backend: Annotated[
        str, typer.Option(help="Backend to measure, page (the network in the page), or loudness (the baseline).")
    ] = "auto",
    url: Annotated[str | None, typer.Option(help="Measure a running server instead.")] = None,
    token: Annotated[str | None, typer.Option(help="API key or token of that server.")] = None,
    split: Annotated[
        Literal["dev", "report", "all", "people"],
        typer.Option(help="Half of the data folder (splits.toml), or its larger set of people."),
    ] = "dev",
    groups: Annotated[
        bool, typer.Option("--groups", help="Also measure each language and sex (own folder: manifest.tsv).")
    ] = False,
    speakers: Annotated[bool, typer.Option("--speakers", help="Also measure each speaker.")] = False,
    by_condition: Annotated[
        bool, typer.Option("--conditions", help="Also measure other conditions: loud, quiet, telephone, noise, room.")
    ] = False,
    styles: Annotated[
        bool, typer.Option("--styles", help="Also measure other ways of speaking: shouted, sung, laughed, angry …")
    ] = False,
    peers: Annotated[bool, typer.Option("--peers", help="Also measure npm packages (animators/peers.toml).")] = False,
    picture: Annotated[Path | None, typer.Option(help="Plot the recording with the most p/b/m to a PNG.")] = None,
    out: Annotated[Path | None, typer.Option("--json", help="Write the figures to a JSON file.")] = None,
) -> None:
    """Measures how well lips follow speech."""
    data = root(data)
    try:
        _check_writable(picture, out)
        report = Report(track_maker(backend, url, token), own_folder(folder) if folder else evaluation_set(data, split))
        report.measure(f"{url or backend} on {folder or split}")
        if groups:
            report.by_group()
        if speakers:
            report.by_speaker()
        if by_condition:
            report.by_condition(conditions(data, "all" if split == PEOPLE else split))
        if by_condition and not folder:
            report.without_phones(unaligned(data))
        if styles:
            report.by_style()
        if peers:
            report.beside_peers()
        if picture:
            report.draw(picture)
        if out:
            report.save(out)
    except EvaluationError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


def _check_writable(*paths: Path | None) -> None:
    """Raises EvaluationError early, before any work is done."""
    for path in paths:
        if path and not path.resolve().parent.is_dir():
            raise EvaluationError(f"{path} cannot be written: there is no folder {path.parent}")


if __name__ == "__main__":
    typer.run(main)
