"""The command `python -m training`: builds the corpus, computes features, trains the network and exports it.

All results are kept in the run's folder and reused. An interrupted training continues from its last epoch.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from training.augmentation.scenes import SECONDS
from training.corpus.build import ATTRIBUTION, CorpusPlan, build
from training.errors import TrainingError
from training.face import rig
from training.network import examples, export
from training.network.network import NetworkSize
from training.network.training_run import TrainingPlan, TrainingRun, choose_device

SMOKE_NETWORK = NetworkSize(width=32, dilations=(1, 2))
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
    share: Annotated[
        float, typer.Option(help="Fraction of the synthesised corpus (both voices.toml) to make and use.")
    ] = 1.0,
    neural: Annotated[
        bool | None, typer.Option(help="Use neural voices, too (extra `corpus`). [default: not with --smoke]")
    ] = None,
    people: Annotated[
        Path | None, typer.Option(help="Folder with recordings of people and manifest.tsv (training/README.md).")
    ] = None,
    start: Annotated[
        Path | None, typer.Option(help="Model file to train further, instead of random weights.", exists=True)
    ] = None,
    batch: Annotated[int | None, typer.Option(help=f"Scenes per step. [default: {TrainingPlan.batch}]")] = None,
    rate: Annotated[float, typer.Option(help="Highest learning rate.")] = TrainingPlan.rate,
    rounds: Annotated[int, typer.Option(help="Rounds of self-training that align languages other than English.")] = 2,
    only_corpus: Annotated[bool, typer.Option("--only-corpus", help="Stop when the corpus is complete.")] = False,
    workers: Annotated[int | None, typer.Option(help="Processes at a time. [default: one per core]")] = None,
    smoke: Annotated[
        bool, typer.Option("--smoke", help="Try every step: three voices, two minutes of speech, a tiny network.")
    ] = False,
    device: Annotated[
        DeviceOption, typer.Option(help="Device to train on; auto uses a GPU if there is one.")
    ] = DeviceOption.AUTO,
) -> None:
    """Trains the built-in model."""
    folder = folder or (RUNS / "smoke" if smoke else RUNS)
    plan = CorpusPlan(folder, share, smoke, not smoke if neural is None else neural, people, rounds, workers)
    training_plan = TrainingPlan(epochs=epochs, batch=batch or (4 if smoke else TrainingPlan.batch), rate=rate)
    try:
        if only_corpus:
            build(plan, console)
            return
        run = TrainingRun(folder, training_plan, SMOKE_NETWORK if smoke else NetworkSize(), choose_device(device))
        if run.epoch < epochs:
            scenes = _scenes(plan, takes)
            if start and run.epoch == 0:
                run.start_from(start, scenes)
            run.train(scenes, console)
        _export(run, output or folder / "builtin.onnx")
    except TrainingError as error:
        console.print(str(error), markup=False, soft_wrap=True)
        raise typer.Exit(2) from None


def _export(run: TrainingRun, output: Path) -> None:
    """Writes the network, and beside it whom its training material is from."""
    if run.epoch == 0:
        raise TrainingError(f"nothing was trained: there is no checkpoint {run.file}, and --epochs is 0")
    network = run.averaged.cpu().eval()
    export.save(network, rig.load(), output)
    export.save(network, rig.load(), output.with_suffix(".int8.onnx"), run.ranges)
    if (credit := run.folder / ATTRIBUTION).exists():
        output.with_name(ATTRIBUTION).write_text(credit.read_text("utf-8"), "utf-8")
    console.print(f"wrote {output} ({output.stat().st_size / 1e6:.1f} MB)")


def _scenes(plan: CorpusPlan, takes: int) -> examples.Examples:
    """Builds the corpus and makes the scenes that are missing; loads all of them."""
    files = build(plan, console)
    made = examples.make_scenes(files, plan.folder / "scenes", 1 if plan.smoke else takes, plan.workers)
    scenes = examples.load(made, plan.workers)
    console.print(f"{len(scenes.features)} scenes, {len(scenes.features) * SECONDS / 3600:.2f} hours")
    return scenes
