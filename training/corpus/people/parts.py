"""The aligned recordings, divided into parts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.corpus.people import audio
from training.corpus.people.alignments import Alignment
from training.corpus.people.manifest import Recording
from training.corpus.utterance import CorpusUtterance

PART_SECONDS = 300.0


@dataclass(frozen=True)
class PeoplePart:
    """Some minutes of recordings in similar languages, by one or more speakers."""

    folder: Path
    number: int
    aligned: tuple[Alignment, ...]
    speakers: tuple[str, ...]
    """The speaker of each recording."""
    seconds: float = float("inf")

    @property
    def name(self) -> str:
        """Name of its file; new times give it another name."""
        content = repr([(one.file, one.phones) for one in self.aligned])
        return f"people-{self.number:03d}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"

    def utterances(self) -> Iterator[CorpusUtterance]:
        """Reads the recordings."""
        for one, speaker in zip(self.aligned, self.speakers, strict=True):
            yield CorpusUtterance(f"people {speaker}", audio.read(self.folder / one.file), one.phones)


def parts(
    folder: Path, recordings: Sequence[Recording], aligned: Mapping[str, Alignment], length: float = PART_SECONDS
) -> list[PeoplePart]:
    """Returns parts of about `length` seconds, of the recordings that are aligned, in order of language and speaker."""
    groups: list[list[tuple[Alignment, str]]] = [[]]
    seconds = 0.0
    for one in sorted(recordings, key=lambda r: (r.language, r.speaker, r.file)):
        alignment = aligned.get(one.file)
        if not alignment or not alignment.phones:
            continue
        if seconds > length:
            groups.append([])
            seconds = 0.0
        groups[-1].append((alignment, one.speaker))
        seconds += alignment.phones[-1].end
    if seconds < length / 2 and len(groups) > 1:
        rest = groups.pop()  # too short for a scene
        groups[-1] += rest
    return [_part(folder, i, group) for i, group in enumerate(groups) if group]


def _part(folder: Path, number: int, group: Sequence[tuple[Alignment, str]]) -> PeoplePart:
    return PeoplePart(folder, number, tuple(one for one, _ in group), tuple(speaker for _, speaker in group))


def attribution(recordings: Sequence[Recording], aligned: Mapping[str, Alignment]) -> list[str]:
    """Returns the credit of each source whose recordings are used, in alphabetical order."""
    return sorted({one.attribution for one in recordings if one.attribution and one.file in aligned})
