"""`a2f-server animate`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from a2f_server.arkit import EMOTIONS

if TYPE_CHECKING:
    from a2f_server.settings import Settings

INVALID = 2

_FILES = "Audio files, folders (searched with their subfolders), patterns such as 'in/**/*.wav', or - for the input."
_FORMATS = (
    "Formats to write, comma-separated: csv (Live Link Face), json, npz, glb, usd, usda (USD as text), anim (Unity)."
)
_FPS = "Frames per second: 10 to 60, or 23.976, 29.97, 59.94, which are interpolated from 60 (default: A2F_FPS)."
_START = "Time code of the first frame: HH:MM:SS:FF, or HH:MM:SS;FF for drop-frame at 29.97 and 59.94."
_EMOTION = f"Emotion of the whole file, such as joy=0.4 (repeatable): {', '.join(EMOTIONS)}."
_LIVE = (
    "Play in real time in another program instead of writing files (repeatable): livelink=HOST:11111 (Unreal), "
    "vmc=HOST:39539 (VSeeFace, Warudo)."
)
_MESH = (
    "Path of the SkinnedMeshRenderer below the Animator, such as Body/Face, for --format anim (default: the Animator's "
    "own object)."
)
_FORCE = "Replace files that exist instead of skipping them."
_JOBS = "Processes that work at the same time (default: the cores with the built-in model, 1 with others)."


def register(app: typer.Typer, load: Callable[[str | None, list[str]], Settings]) -> None:
    """Adds the command; `load` returns the settings for a backend and for pairs `name=value`."""

    @app.command()
    def animate(
        files: Annotated[list[str], typer.Argument(help=_FILES, show_default=False)],
        out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path(),
        format_: Annotated[list[str], typer.Option("--format", help=_FORMATS)] = ["csv"],  # noqa: B006 - typer's way
        fps: Annotated[str | None, typer.Option(help=_FPS)] = None,
        avatar: Annotated[Path | None, typer.Option(help="GLB to bake the animation into, for --format glb.")] = None,
        mesh: Annotated[str | None, typer.Option(help=_MESH)] = None,
        emotion: Annotated[list[str] | None, typer.Option(help=_EMOTION)] = None,
        profile: Annotated[str | None, typer.Option(help="Motion profile (default: the first).")] = None,
        offset_name: Annotated[str | None, typer.Option(help="Offset of the profile.")] = None,
        channel: Annotated[
            Literal["mix", "left", "right"] | None, typer.Option(help="Channel of stereo audio (default: mix).")
        ] = None,
        seed: Annotated[int | None, typer.Option(help="Varies blinks, eyes and brows (default: 0).")] = None,
        start_timecode: Annotated[str | None, typer.Option(help=_START)] = None,
        live: Annotated[list[str] | None, typer.Option(help=_LIVE)] = None,
        force: Annotated[
            bool, typer.Option("--force", help="Replace files that exist instead of skipping them.")
        ] = False,
        jobs: Annotated[int | None, typer.Option(min=1, max=256, help=_JOBS)] = None,
        backend: Annotated[str | None, typer.Option(help="Model that generates the frames, as for `serve`.")] = None,
        set_: Annotated[
            list[str] | None, typer.Option("--set", help="Set any setting, as name=value (repeatable).")
        ] = None,
    ) -> None:
        """Animate audio files, without a server.

        Each file becomes OUT/NAME.FORMAT; a folder is mirrored. A file that fails is reported, and the others go on.
        Exit status: 0 if all is well, 1 if a file failed, 2 for invalid options, 130 after Ctrl-C.
        """
        from a2f_server import logs
        from a2f_server.animate_command import command, options, workers
        from a2f_server.errors import A2FError

        settings = load(backend, set_ or [])
        logs.configure("error", as_json=False)
        try:
            plan = options.plan(
                settings,
                out=out,
                format_=format_,
                fps=fps,
                start_timecode=start_timecode,
                avatar=avatar,
                mesh=mesh,
                emotion=emotion or [],
                force=force,
                profile=profile,
                offset_name=offset_name,
                channel=channel,
                seed=seed,
            )
            many = jobs or workers.default_jobs(settings.backend, own_model=settings.model_dir is not None)
            raise typer.Exit(command.run(files, plan, many, live or []))
        except A2FError as error:
            raise _stop(error.message) from None
        except OSError as error:
            raise _stop(f"{error.filename}: {error.strerror}" if error.filename else str(error)) from None
        except ValueError as error:
            raise _stop(str(error)) from None


def _stop(message: str) -> typer.Exit:
    typer.echo(f"a2f-server: {message}", err=True)
    return typer.Exit(INVALID)
