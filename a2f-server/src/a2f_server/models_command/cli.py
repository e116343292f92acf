"""`a2f-server models check` and `a2f-server models pull`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

IdentityOption = Annotated[str | None, typer.Option(help="Actor to check, if the bundle has several (default: all).")]
DeviceOption = Annotated[Literal["auto", "cpu", "cuda"], typer.Option(help="Device to measure on.")]

BackendOption = Annotated[
    str,
    typer.Option(
        help="Backend that runs the model: audio2face3d, emotalk, unitalker, wav2arkit, or your own TOML file."
    ),
]

app = typer.Typer(no_args_is_help=True, help="Download and check models: NVIDIA's bundles and other networks.")


@app.command(help="Describe a model, list its problems, and measure its speed on this machine.")
def check(
    folder: Annotated[Path, typer.Argument(help="Folder of the model, as for A2F_MODEL_DIR.")],
    identity: IdentityOption = None,
    backend: BackendOption = "audio2face3d",
    device: DeviceOption = "auto",
    measured: Annotated[
        bool, typer.Option("--measure/--no-measure", help="Measure the speed, in about two seconds.")
    ] = True,
) -> None:
    """Describes a model, lists its problems, and measures its speed on this machine."""
    from a2f_server.models_command import command

    command.check(folder, identity=identity, backend=backend, device=device, measured=measured)


@app.command(name="pull", help="Download a model from Hugging Face and check it. Resumes an interrupted download.")
def pull_(
    repository: Annotated[
        str,
        typer.Argument(
            help="Repository on Hugging Face, such as nvidia/Audio2Face-3D-v2.3-Mark, or a TOML file that names one."
        ),
    ],
    to: Annotated[Path | None, typer.Option(help="Target folder (default: models/NAME).")] = None,
    revision: Annotated[str | None, typer.Option(help="Commit or branch (default: the pinned one).")] = None,
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="Accept the licence without a prompt.")
    ] = False,
) -> None:
    """Downloads a model from Hugging Face and checks it. Resumes an interrupted download."""
    from a2f_server.models_command import command

    command.pull(repository, to, revision, accept_licence=accept_licence)
