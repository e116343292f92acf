"""Phones of people: from their table, by pocketsphinx for other English, and by self-training for other languages.

A round trains a small network on all that is aligned so far, together with voices whose phones are known, and aligns
the other recordings with its phone scores; the next round trains on those, too. Each round is measured on the speakers
who are held out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from training.corpus import parts as corpus
from training.corpus.people import alignment_error, alignments, manifest, parts, pocketsphinx_aligner
from training.corpus.people.alignments import Alignment
from training.corpus.people.manifest import Recording
from training.corpus.people.phone_network import NetworkAligner, save_prior
from training.network import examples
from training.network.network import NetworkSize
from training.network.training_run import TrainingPlan, TrainingRun

LEAST_GAIN = 0.1
"""Alignments with a lower score (phone_network.gain) are dropped: those of held-out English have .1 to .6."""
Aligned = Mapping[str, Alignment]
"""By file."""


@dataclass(frozen=True)
class SelfTraining:
    """The rounds of one run: its folder, the folder of recordings, and the size of the network."""

    run: Path
    people: Path
    rounds: int
    size: NetworkSize
    plan: TrainingPlan
    console: Console
    workers: int | None = None

    def aligned(self, recordings: Sequence[Recording], known: Aligned, speech: Sequence[Path]) -> Aligned:
        """Returns the known alignments and those of the last round. `speech` are files of the corpus."""
        out = dict(known)
        unknown = [one for one in recordings if one.file not in known]
        for number in range(1, self.rounds + 1) if unknown else ():
            aligner = self._trained(number, recordings, out, speech)
            self._measure(number, aligner)
            folder = aligner.network / "alignments"
            found = alignments.align(self.people, unknown, aligner, folder, f"aligning, round {number}", self.workers)
            kept = {one.file: one for one in found if one.score >= LEAST_GAIN}
            self.console.print(f"round {number}: {len(kept)} of {len(unknown)} recordings aligned")
            out = {**known, **kept}
        return out

    def held_out(self) -> list[Alignment]:
        """Returns the alignments of the speakers who are held out: the table's, and else the last round's, if any."""
        reference = from_table(self.people)
        out = [reference[one.file] for one in manifest.held_out(self.people) if one.file in reference]
        aligner = NetworkAligner(self.run / f"round-{self.rounds}")
        if aligner.network.exists():
            others = [one for one in manifest.held_out(self.people) if one.file not in reference]
            folder = aligner.network / "strangers"
            found = alignments.align(self.people, others, aligner, folder, "aligning those held out", self.workers)
            out += [one for one in found if one.score >= LEAST_GAIN]
        return out

    def _trained(
        self, number: int, recordings: Sequence[Recording], aligned: Aligned, speech: Sequence[Path]
    ) -> NetworkAligner:
        """Trains the network of a round, or goes on with it."""
        folder = self.run / f"round-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        run = TrainingRun(folder, self.plan, self.size, "cpu")
        if run.epoch < self.plan.epochs:
            wanted = parts.parts(self.people, recordings, aligned)
            files = [*speech, *corpus.make(self.run / "corpus", wanted, "reading people", self.workers)]
            scenes = examples.load(examples.make_scenes(files, self.run / "scenes", 1, self.workers), self.workers)
            save_prior(folder, scenes.phones)
            run.train(scenes, self.console)
        return NetworkAligner(folder)

    def _measure(self, number: int, aligner: NetworkAligner) -> None:
        """Compares the round's alignments of the held-out speakers with the table's."""
        reference = from_table(self.people)
        wanted = [one for one in manifest.held_out(self.people) if one.file in reference]
        folder = aligner.network / "held-out"
        found = alignments.align(self.people, wanted, aligner, folder, "aligning those held out", self.workers)
        error = alignment_error.compare((one, reference[one.file]) for one in found)
        self.console.print(
            f"round {number}: {len(found)} of {len(wanted)} held-out recordings aligned; {error}", soft_wrap=True
        )


def known(run: Path, people: Path, recordings: Sequence[Recording], workers: int | None = None) -> Aligned:
    """Returns the alignments of phones.tsv, and those of other English recordings by pocketsphinx."""
    listed = from_table(people)
    files = {one.file for one in recordings}
    out = {name: one for name, one in listed.items() if name in files}
    english = [one for one in recordings if one.language == "en" and one.file not in listed]
    folder = run / "pocketsphinx"
    found = alignments.align(people, english, pocketsphinx_aligner.align, folder, "aligning English", workers)
    return {**out, **{one.file: one for one in found}}


def from_table(people: Path) -> Aligned:
    """Returns the alignments of phones.tsv, corrected; none if there is no such file."""
    table = people / "phones.tsv"
    return alignments.from_table(table, pocketsphinx_aligner.DELAY) if table.exists() else {}
