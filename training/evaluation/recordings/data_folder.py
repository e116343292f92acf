"""The data folder, divided into two halves (splits.toml).

It holds recordings in `speech/` and three lists in `lips/`, whose paths are relative to `lips/`:

- `align.json`: {recording: {"spk": speaker, "seconds": length, "seg": [[phone, end in seconds], …]}}
- `pairs.json`: [{"name", "wav", "csv" (a track, columns named by ARKit shapes), "fps", "t0" (seconds of its first
  frame), "kind": "face" or "system"}]
- `silence.json`: [recording without speech, …]
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.evaluation import phones
from training.evaluation.recordings.recording import AlignedRecording, EvaluationError

PEOPLE = "people"
"""A larger set for development, with the same lists in a folder of its own: many speakers, and one captured face."""
AUDIO = frozenset({".wav", ".flac", ".mp3", ".ogg", ".opus"})


@dataclass(frozen=True)
class PairFile:
    """A recording with the track of a captured face or of another system."""

    name: str
    path: Path
    track: Path
    fps: float
    start: float
    face: bool


@dataclass(frozen=True)
class EvaluationSet:
    """The recordings that a score is measured on."""

    recordings: Sequence[AlignedRecording]
    pairs: Sequence[PairFile] = ()
    silences: Sequence[Path] = ()

    def by_speaker(self) -> dict[str, EvaluationSet]:
        """Returns the recordings of each speaker."""
        speakers = sorted({one.speaker for one in self.recordings})
        return {name: EvaluationSet([one for one in self.recordings if one.speaker == name]) for name in speakers}

    def by_group(self) -> dict[str, EvaluationSet]:
        """Returns the recordings of each group."""
        groups = sorted({name for one in self.recordings for name in one.groups})
        return {name: EvaluationSet([one for one in self.recordings if name in one.groups]) for name in groups}


def splits() -> dict[str, dict[str, list[str]]]:
    """Reads splits.toml: {split: {speakers, pairs, silence}}."""
    return tomllib.loads(Path(__file__).with_name("splits.toml").read_text("utf-8"))


def chosen(split: str, key: str) -> list[str]:
    """Returns the speakers, pairs or silence of a split, or of both for "all"."""
    return [name for half, keys in splits().items() if split in (half, "all") for name in keys[key]]


def evaluation_set(data: Path, split: str) -> EvaluationSet:
    """Returns a split of the data folder: "dev", "report", "all" or PEOPLE. Raises EvaluationError if the folder is
    missing."""
    if split == PEOPLE and (data / PEOPLE / "align.json").is_file():
        return _people(data / PEOPLE)
    lips = data / "lips"
    if not (lips / "align.json").is_file():
        raise EvaluationError(
            f"there is no data folder at {data} (lips/align.json is missing); choose another with --data, "
            "or measure your own folder with audio files and phones.tsv"
        )
    speakers, pairs, silences = (set(chosen(split, key)) for key in ("speakers", "pairs", "silence"))
    return EvaluationSet(
        [_recording(lips / name, one) for name, one in listed(lips / "align.json").items() if one["spk"] in speakers],
        [_pair(lips, one) for one in listed(lips / "pairs.json") if one["name"] in pairs],
        [lips / name for name in listed(lips / "silence.json") if Path(name).name in silences],
    )


def _people(folder: Path) -> EvaluationSet:
    recordings = [_recording(folder / name, one) for name, one in listed(folder / "align.json").items()]
    return EvaluationSet(recordings, [_pair(folder, one) for one in listed(folder / "pairs.json")])


def root(data: Path) -> Path:
    """Returns the data folder; its subfolder `lips` is accepted too."""
    return data.parent if data.name == "lips" else data


def listed(path: Path) -> Any:
    """Reads a JSON list."""
    return json.loads(path.read_text("utf-8"))


def _recording(path: Path, one: Mapping[str, Any]) -> AlignedRecording:
    return AlignedRecording(path, one["spk"], one["seconds"], phones.consecutive(one["seg"]))


def _pair(lips: Path, one: Mapping[str, Any]) -> PairFile:
    face = one.get("kind", "face") == "face"
    return PairFile(one["name"], lips / one["wav"], lips / one["csv"], one["fps"], one.get("t0", 0.0), face)


def unaligned(data: Path) -> list[Path]:
    """Returns the recordings of the data folder without phone times."""
    known = {Path(name).name for name in listed(data / "lips/align.json")}
    speech = [path for path in sorted((data / "speech").iterdir()) if path.suffix in AUDIO]
    return [path for path in speech if path.name not in known and not path.name.startswith(("NOISE_", "RIR_"))]
