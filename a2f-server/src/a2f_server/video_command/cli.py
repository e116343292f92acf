"""`a2f-server video`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def video(
    picture: Annotated[Path, typer.Argument(help="Photo, painting or drawing of a face, or a GLB with morph targets.")],
    speech: Annotated[Path, typer.Argument(help="Audio file that the picture speaks.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write (default: the picture's name with .mp4).")
    ] = None,
    fps: Annotated[int, typer.Option(min=10, max=60, help="Frames per second.")] = 25,
    size: Annotated[
        int | None, typer.Option(min=128, max=1024, help="Longer side in pixels (default: A2F_VIDEO_SIZE).")
    ] = None,
    face: Annotated[int, typer.Option(min=0, help="Index of the face, by size; 0 is the largest.")] = 0,
    crop: Annotated[
        bool, typer.Option("--crop/--no-crop", help="Show the head and shoulders (default) or the whole picture.")
    ] = True,
    profile: Annotated[str | None, typer.Option(help="Motion profile.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of blinks, gaze, brows and head movements.")] = 0,
) -> None:
    """Make a video (MP4) of a picture speaking an audio file. Settings come from the environment (A2F_…)."""
    from a2f_server.api.video_file import Look
    from a2f_server.video_command import command

    target = output or picture.with_suffix(".mp4")
    options = {"fps": fps, "profile": profile, "seed": seed}
    command.run(picture, speech, target, Look(face, crop, size), options)
