"""`python -m training`: speak, measure, train, export.

Everything is kept in the run's folder; what is there is not made again, and a training that was stopped goes on from
its last epoch.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from training import corpus, dataset, export, rig
from training.network import Size
from training.scenes import STEPS
from training.train import Plan, Run

SMOKE = Size(width=32, dilations=(1, 2))
SMOKE_SECONDS = 40.0
"""Of each of three voices."""
PROGRAMS = ("espeak-ng", "flite", "festival")
console = Console()


def main(
    folder: Annotated[Path, typer.Option(help="Where corpus, scenes and checkpoint are kept.")] = Path("training/runs"),
    output: Annotated[Path, typer.Option(help="The model to write.")] = Path("training/runs/builtin.onnx"),
    epochs: Annotated[int, typer.Option(help="Times that every scene is heard.")] = Plan.epochs,
    takes: Annotated[int, typer.Option(help="Times that every utterance is put into other rooms and noises.")] = 2,
    share: Annotated[float, typer.Option(help="Of the corpus of voices.toml.")] = 1.0,
    smoke: Annotated[bool, typer.Option("--smoke", help="Three voices, two minutes, a tiny network.")] = False,
) -> None:
    """Trains the built-in model."""
    if missing := [p for p in PROGRAMS if not shutil.which(p)]:
        console.print(f"{', '.join(missing)} not found: scripts/synthesisers.sh installs the synthesisers")
        raise typer.Exit(2)
    run = Run(folder, Plan(epochs=epochs, batch=4 if smoke else Plan.batch), SMOKE if smoke else Size())
    if run.epoch < epochs:
        run.train(_scenes(folder, takes, share, smoke), console)
    export.save(run.averaged.eval(), rig.load(), output)
    console.print(f"wrote {output} ({output.stat().st_size / 1e6:.1f} MB)")


def _scenes(folder: Path, takes: int, share: float, smoke: bool) -> dataset.Examples:
    """The corpus, spoken and heard as far as it is missing."""
    spoken = corpus.make(folder / "corpus", corpus.few(SMOKE_SECONDS) if smoke else corpus.parts(share))
    scenes = dataset.load(dataset.make(spoken, folder / "scenes", 1 if smoke else takes))
    console.print(f"{len(scenes.heard)} scenes, {len(scenes.heard) * STEPS / 50 / 3600:.2f} hours")
    return scenes


if __name__ == "__main__":
    typer.run(main)
