"""Describes, measures and downloads models."""

from __future__ import annotations

from pathlib import Path

import typer

from a2f_server import logs
from a2f_server.backends.audio2face3d.loading.index import BundleIndex, load_bundle
from a2f_server.models_command import catalogue, networks, report
from a2f_server.models_command import pull as download
from a2f_server.models_command.benchmark import measure, peak
from a2f_server.models_command.check import problems

FPS = 30
PROBLEMS = 1
"""Exit status for an incomplete bundle; 2 is for invalid commands and failed downloads."""
BUNDLE = "audio2face3d"


def check(folder: Path, *, identity: str | None, backend: str, device: str, measured: bool) -> None:
    """Describes a model, lists its problems, and measures its speed on this machine. Raises Exit if it has any."""
    if backend == BUNDLE:
        found = problems(folder, identity) or _describe(folder, identity, device, measured)
    else:
        found = _describe_network(folder, backend, device, measured)
    for problem in found:
        typer.echo(report.line("problem", problem))
    if found:
        raise typer.Exit(PROBLEMS)
    typer.echo(report.line("complete", "all files are present and consistent"))


def pull(repository: str, to: Path | None, revision: str | None, *, accept_licence: bool) -> None:
    """Downloads a model from Hugging Face and checks it. Raises Exit if that fails."""
    try:
        source = catalogue.source(repository, revision)
        download.hub()
        _licence(source, accept_licence)
        folder = (to or Path("models") / source.folder).absolute()
        typer.echo(f"{source.repository} at {source.revision} → {folder}")
        download.fetch(source, folder)
    except ValueError as error:
        raise _stop(str(error)) from None
    check(folder, identity=None, backend=source.backend, device="auto", measured=False)
    if source.backend != BUNDLE:
        typer.echo(f"A2F_BACKEND={source.backend}")
    typer.echo(f"A2F_MODEL_DIR={folder}")


def _describe(folder: Path, identity: str | None, device: str, measured: bool) -> list[str]:
    """Prints the description and measurements; returns the problems found by running it."""
    bundle = load_bundle(folder, identity)
    typer.echo("\n".join(report.bundle_lines(bundle, BundleIndex.open(folder), FPS)))
    if not measured:
        return []
    logs.configure("warning", as_json=False)
    try:
        benchmark = measure(bundle, device, FPS)
    except ValueError as error:
        return [str(error)]
    typer.echo("\n".join([*report.memory_lines(bundle, peak()), *report.speed_lines(benchmark, FPS)]))
    return []


def _describe_network(folder: Path, backend: str, device: str, measured: bool) -> list[str]:
    """Does the same for a network that is not a bundle."""
    logs.configure("warning", as_json=False)
    try:
        loaded = networks.open_network(backend, folder, device)
    except ValueError as error:
        return [str(error)]
    typer.echo("\n".join(networks.lines(loaded, FPS, measured=measured)))
    loaded.close()
    return []


def _licence(source: catalogue.BundleSource, accepted: bool) -> None:
    """Shows the licence. Raises ValueError if it is not accepted."""
    typer.echo(catalogue.licence(source))
    try:
        if accepted or typer.confirm("Do you accept it?", default=False):
            return
    except typer.Abort:  # no terminal
        pass
    raise ValueError("nothing was downloaded: the licence was not accepted; --accept-licence accepts it")


def _stop(message: str) -> typer.Exit:
    typer.echo(f"a2f-server: {message}", err=True)
    return typer.Exit(2)
