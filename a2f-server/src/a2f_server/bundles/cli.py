"""`a2f-server models check` and `a2f-server models pull`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from a2f_server import logs
from a2f_server.backends.audio2face3d.loading.index import BundleIndex, load_bundle
from a2f_server.bundles import known, pull, report
from a2f_server.bundles.check import problems
from a2f_server.bundles.cost import measure, peak

FPS = 30
PROBLEMS = 1
"""Exit status where a bundle is not whole; 2 where the command was not understood or could not be done."""
Identity = Annotated[str | None, typer.Option(help="Only this actor of a bundle of several (default: all).")]
Device = Annotated[Literal["auto", "cpu", "cuda"], typer.Option(help="Where it is measured.")]

app = typer.Typer(no_args_is_help=True, help="NVIDIA Audio2Face-3D bundles: fetch them, check them.")


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="The bundle's folder, for A2F_MODEL_DIR.")],
    identity: Identity = None,
    device: Device = "auto",
    measured: Annotated[bool, typer.Option("--measure/--no-measure", help="Run it for two seconds.")] = True,
) -> None:
    """Says what a bundle is, whether it is whole, and what it will cost on this machine."""
    found = problems(folder, identity)
    if not found:
        found = _tell(folder, identity, device, measured)
    for sentence in found:
        typer.echo(report.line("problem", sentence))
    if found:
        raise typer.Exit(PROBLEMS)
    typer.echo(report.line("whole", "everything is there and fits together"))


@app.command(name="pull")
def pull_(
    repository: Annotated[str, typer.Argument(help=f"Such as {known.KNOWN[0].repository}.")],
    to: Annotated[Path | None, typer.Option(help="Folder to put it in (default: models/ and its name).")] = None,
    revision: Annotated[str | None, typer.Option(help="Commit or branch (default: the pinned one).")] = None,
    accept_licence: Annotated[bool, typer.Option("--accept-licence", help="Ask nothing.")] = False,
) -> None:
    """Fetches a bundle from Hugging Face, and checks it. Goes on where it was stopped."""
    try:
        source = known.source(repository, revision)
        pull.hub()
        _licence(source, accept_licence)
        folder = (to or Path("models") / source.folder).absolute()
        typer.echo(f"{source.repository} at {source.revision} → {folder}")
        pull.fetch(source, folder)
    except ValueError as error:
        raise _stop(str(error)) from None
    check(folder, measured=False)
    typer.echo(f"A2F_MODEL_DIR={folder}")


def _tell(folder: Path, identity: str | None, device: str, measured: bool) -> list[str]:
    """Prints what a bundle is; gives what is only seen where it is run."""
    bundle = load_bundle(folder, identity)
    typer.echo("\n".join(report.bundle_lines(bundle, BundleIndex.open(folder), FPS)))
    if not measured:
        return []
    logs.configure("warning", as_json=False)
    try:
        cost = measure(bundle, device, FPS)
    except ValueError as error:
        return [str(error)]
    typer.echo("\n".join([*report.memory_lines(bundle, peak()), *report.cost_lines(cost, FPS)]))
    return []


def _licence(source: known.Source, accepted: bool) -> None:
    """Raises ValueError where it is not accepted."""
    typer.echo(known.licence(source))
    try:
        if accepted or typer.confirm("Do you accept it?", default=False):
            return
    except typer.Abort:  # nobody is there to answer
        pass
    raise ValueError("nothing was fetched: the licence was not accepted; --accept-licence accepts it")


def _stop(sentence: str) -> typer.Exit:
    typer.echo(f"a2f-server: {sentence}", err=True)
    return typer.Exit(2)
