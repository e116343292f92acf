"""`python -m training`: speak, measure, train, export.

Everything is kept in the run's folder; what is there is not made again, and a training that was stopped goes on from
its last epoch.
"""

from __future__ import annotations

import shutil
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from training import corpus, dataset, export, parts, rig
from training.jobs import Unfit
from training.network import Size
from training.scenes import SECONDS
from training.train import Plan, Run, place

SMOKE = Size(width=32, dilations=(1, 2))
SMOKE_SECONDS = 40.0
"""Of each of three voices."""
PROGRAMS = ("espeak-ng", "flite", "festival")
RUNS = Path("training/runs")
console = Console()


class Device(StrEnum):
    """Where the network learns."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


def main(
    folder: Annotated[Path | None, typer.Option(help=f"For corpus, scenes, checkpoint. [default: {RUNS}]")] = None,
    output: Annotated[Path | None, typer.Option(help="The model to write. [default: FOLDER/builtin.onnx]")] = None,
    epochs: Annotated[int, typer.Option(help="Times that every scene is heard.")] = Plan.epochs,
    takes: Annotated[int, typer.Option(help="Times that every utterance is put into other rooms and noises.")] = 3,
    share: Annotated[float, typer.Option(help="Of the corpus of voices.toml.")] = 1.0,
    smoke: Annotated[bool, typer.Option("--smoke", help="Three voices, two minutes, a tiny network.")] = False,
    device: Annotated[Device, typer.Option(help="Where the network learns: auto takes a GPU if any.")] = Device.AUTO,
) -> None:
    """Trains the built-in model."""
    folder = folder or (RUNS / "smoke" if smoke else RUNS)
    plan = Plan(epochs=epochs, batch=4 if smoke else Plan.batch)
    try:
        run = Run(folder, plan, SMOKE if smoke else Size(), place(device))
        if run.epoch < epochs:
            run.train(_scenes(folder, takes, share, smoke), console)
        _export(run, output or folder / "builtin.onnx")
    except Unfit as error:
        console.print(str(error), markup=False, soft_wrap=True)
        raise typer.Exit(2) from None


def _export(run: Run, output: Path) -> None:
    if run.epoch == 0:
        raise Unfit(f"nothing was trained: {run.file} is not there, and --epochs is 0")
    export.save(run.averaged.cpu().eval(), rig.load(), output)
    console.print(f"wrote {output} ({output.stat().st_size / 1e6:.1f} MB)")


def _scenes(folder: Path, takes: int, share: float, smoke: bool) -> dataset.Examples:
    """The corpus, spoken and heard as far as it is missing."""
    wanted = parts.few(SMOKE_SECONDS) if smoke else parts.parts(share)
    lacking = [p for p in PROGRAMS if not shutil.which(p)] if corpus.missing(folder / "corpus", wanted) else []
    if lacking:
        raise Unfit(f"{', '.join(lacking)} not found: scripts/synthesisers.sh installs the synthesisers")
    spoken = corpus.make(folder / "corpus", wanted)
    scenes = dataset.load(dataset.make(spoken, folder / "scenes", 1 if smoke else takes))
    console.print(f"{len(scenes.heard)} scenes, {len(scenes.heard) * SECONDS / 3600:.2f} hours")
    return scenes


if __name__ == "__main__":
    typer.run(main)
