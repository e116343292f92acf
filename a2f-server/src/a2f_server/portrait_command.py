"""`a2f-server portrait`: a picture of a face in, a GLB out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

FAILED = 1
"""Exit status if the picture cannot be used or a file cannot be read or written."""


def portrait(
    picture: Annotated[Path, typer.Argument(help="Photo, painting or drawing of a face.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write (default: the picture's name with .glb).")
    ] = None,
    face: Annotated[int, typer.Option(min=0, help="Index of the face, by size; 0 is the largest.")] = 0,
    crop: Annotated[
        bool, typer.Option("--crop/--no-crop", help="Show the head and shoulders (default) or the whole picture.")
    ] = True,
) -> None:
    """Make an avatar from a photo: a GLB with 52 ARKit blendshapes."""
    from a2f_server.errors import A2FError
    from a2f_server.portrait.loading import load_maker

    target = output or picture.with_suffix(".glb")
    try:
        made = load_maker().make(picture.read_bytes(), face, crop=crop)
        target.write_bytes(made.glb)
    except A2FError as error:
        raise _failed(f"{picture}: {error.message}") from None
    except OSError as error:
        raise _failed(f"{error.filename or picture}: {error.strerror or error}") from None
    faces = "1 face" if made.faces == 1 else f"{made.faces} faces"
    typer.echo(f"{target}: {len(made.glb) / 1000:.0f} kB, {made.width} × {made.height} pixels, {faces} in the picture")
    if made.warning:
        typer.echo(f"a2f-server: {made.warning}", err=True)


def _failed(message: str) -> typer.Exit:
    typer.echo(f"a2f-server: {message}", err=True)
    return typer.Exit(FAILED)
