"""`python -m training`: synthesises speech, computes features, trains the network and exports it.

All results are kept in the run's folder and reused. An interrupted training continues from its last epoch.
"""

from __future__ import annotations

import shutil
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from training.augmentation.scenes import SECONDS
from training.corpus import plan, synthesis
from training.errors import TrainingError
from training.face import rig
from training.network import examples, export
from training.network.network import NetworkSize
from training.network.training_run import TrainingPlan, TrainingRun, choose_device

SMOKE_NETWORK = NetworkSize(width=32, dilations=(1, 2))
SMOKE_SECONDS = 40.0
"""Seconds of speech by each of the three smoke voices."""
PROGRAMS = ("espeak-ng", "flite", "festival")
RUNS = Path("training/runs")
console = Console()


class DeviceOption(StrEnum):
    """Device that the network is trained on."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


def main(
    folder: Annotated[
        Path | None, typer.Option(help=f"Folder for the corpus, the scenes and the checkpoint. [default: {RUNS}]")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Model file to write. [default: FOLDER/builtin.onnx]")] = None,
    epochs: Annotated[int, typer.Option(help="Passes over all scenes.")] = TrainingPlan.epochs,
    takes: Annotated[int, typer.Option(help="Variants of every utterance, each with other rooms and noises.")] = 3,
    share: Annotated[float, typer.Option(help="Fraction of the corpus in voices.toml to synthesise and use.")] = 1.0,
    smoke: Annotated[
        bool, typer.Option("--smoke", help="Try every step: three voices, two minutes of speech, a tiny network.")
    ] = False,
    device: Annotated[
        DeviceOption, typer.Option(help="Device to train on; auto uses a GPU if there is one.")
    ] = DeviceOption.AUTO,
) -> None:
    """Trains the built-in model."""
    folder = folder or (RUNS / "smoke" if smoke else RUNS)
    training_plan = TrainingPlan(epochs=epochs, batch=4 if smoke else TrainingPlan.batch)
    try:
        run = TrainingRun(folder, training_plan, SMOKE_NETWORK if smoke else NetworkSize(), choose_device(device))
        if run.epoch < epochs:
            run.train(_scenes(folder, takes, share, smoke), console)
        _export(run, output or folder / "builtin.onnx")
    except TrainingError as error:
        console.print(str(error), markup=False, soft_wrap=True)
        raise typer.Exit(2) from None


def _export(run: TrainingRun, output: Path) -> None:
    if run.epoch == 0:
        raise TrainingError(f"nothing was trained: there is no checkpoint {run.file}, and --epochs is 0")
    export.save(run.averaged.cpu().eval(), rig.load(), output)
    console.print(f"wrote {output} ({output.stat().st_size / 1e6:.1f} MB)")


def _scenes(folder: Path, takes: int, share: float, smoke: bool) -> examples.Examples:
    """Synthesises the speech and makes the scenes that are missing; loads all of them."""
    wanted = plan.smoke_parts(SMOKE_SECONDS) if smoke else plan.parts(share)
    missing = [p for p in PROGRAMS if not shutil.which(p)] if synthesis.missing(folder / "corpus", wanted) else []
    if missing:
        raise TrainingError(f"{', '.join(missing)} not found: scripts/synthesisers.sh installs the synthesisers")
    files = synthesis.synthesise(folder / "corpus", wanted)
    scenes = examples.load(examples.make_scenes(files, folder / "scenes", 1 if smoke else takes))
    console.print(f"{len(scenes.features)} scenes, {len(scenes.features) * SECONDS / 3600:.2f} hours")
    return scenes


if __name__ == "__main__":
    typer.run(main)
