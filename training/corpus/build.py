"""Builds the corpus of all three kinds: synthesisers, neural voices, people."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from training.corpus import parts as corpus
from training.corpus.neural_voices import parts as neural_voices
from training.corpus.people import held_out, manifest, self_training
from training.corpus.people import parts as people
from training.corpus.people.self_training import SelfTraining
from training.corpus.synthesisers import parts as synthesisers
from training.errors import TrainingError
from training.network.network import NetworkSize
from training.network.training_run import TrainingPlan

SMOKE_SECONDS = 40.0
"""Seconds of speech by each of the three smoke voices."""
SMOKE_SHARE = 0.01
ALIGNER = NetworkSize(width=160, dilations=(1, 2, 4, 8, 1, 2, 4, 8, 16))
ALIGNER_PLAN = TrainingPlan(epochs=6, batch=8)
SMOKE_ALIGNER = NetworkSize(width=16, dilations=(1,))
ALIGNER_SHARE = 6
"""One in so many files of the synthesisers and neural voices trains the network that aligns."""
ATTRIBUTION = "attribution.txt"


@dataclass(frozen=True)
class CorpusPlan:
    """What to build in a run's folder."""

    folder: Path
    share: float = 1.0
    smoke: bool = False
    neural: bool = True
    people: Path | None = None
    rounds: int = 2
    workers: int | None = None


def build(plan: CorpusPlan, console: Console) -> list[Path]:
    """Makes what is missing, writes ATTRIBUTION and returns the files. Raises TrainingError if a program is missing."""
    files, credit = _synthesised(plan), synthesisers.attribution()
    if plan.neural:
        wanted = neural_voices.parts(plan.folder / "packages", SMOKE_SHARE if plan.smoke else plan.share)
        files += corpus.make(plan.folder / "corpus", wanted, "synthesising, neural voices", plan.workers)
        credit += neural_voices.attribution()
    if plan.people:
        found, lines = _people(plan, plan.people, files, console)
        files, credit = files + found, credit + lines
    (plan.folder / ATTRIBUTION).write_text("".join(f"{line}\n" for line in credit), "utf-8")
    return files


def _synthesised(plan: CorpusPlan) -> list[Path]:
    folder = plan.folder / "corpus"
    wanted = synthesisers.smoke_parts(SMOKE_SECONDS) if plan.smoke else synthesisers.parts(plan.share)
    missing = corpus.missing(folder, wanted)
    if absent := [p for p in synthesisers.PROGRAMS if missing and not shutil.which(p)]:
        raise TrainingError(f"{', '.join(absent)} not found: scripts/synthesisers.sh installs the synthesisers")
    return corpus.make(folder, wanted, "synthesising", plan.workers)


def _people(plan: CorpusPlan, folder: Path, speech: Sequence[Path], console: Console) -> tuple[list[Path], list[str]]:
    """Returns the files of people and the credit of their recordings."""
    recordings = manifest.recordings(folder)
    known = self_training.known(plan.folder, folder, recordings, plan.workers)
    training = SelfTraining(
        plan.folder,
        folder,
        min(plan.rounds, 1) if plan.smoke else plan.rounds,
        SMOKE_ALIGNER if plan.smoke else ALIGNER,
        TrainingPlan(epochs=1, batch=4) if plan.smoke else ALIGNER_PLAN,
        console,
        plan.workers,
    )
    aligned = training.aligned(recordings, known, speech if plan.smoke else speech[::ALIGNER_SHARE])
    held_out.write(plan.folder / "held-out", folder, manifest.held_out(folder), training.held_out())
    wanted = people.parts(folder, recordings, aligned)
    files = corpus.make(plan.folder / "corpus", wanted, "reading people", plan.workers)
    return files, people.attribution(recordings, aligned)
