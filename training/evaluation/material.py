"""The data folder, in two halves (splits.toml).

It holds recordings in `speech/` and three lists in `lips/`, whose paths are relative to `lips/`:

- `align.json`: {recording: {"spk": speaker, "seconds": length, "seg": [[phone, end in seconds], …]}}
- `pairs.json`: [{"name", "wav", "csv" (a track, columns named by ARKit shapes), "fps", "t0" (seconds of its first
  frame), "kind": "face" or "system"}]
- `silence.json`: [recording in which nobody speaks, …]
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.evaluation import phones
from training.evaluation.recordings import Recording, Unusable

AUDIO = frozenset({".wav", ".flac", ".mp3", ".ogg", ".opus"})


@dataclass(frozen=True)
class PairFile:
    """A recording with the track of a captured face or another system."""

    name: str
    path: Path
    track: Path
    fps: float
    start: float
    face: bool


@dataclass(frozen=True)
class Material:
    """What a score is measured on."""

    recordings: Sequence[Recording]
    pairs: Sequence[PairFile] = ()
    silences: Sequence[Path] = ()

    def by_speaker(self) -> dict[str, Material]:
        """Recordings alone."""
        speakers = sorted({one.speaker for one in self.recordings})
        return {name: Material([one for one in self.recordings if one.speaker == name]) for name in speakers}


def splits() -> dict[str, dict[str, list[str]]]:
    """splits.toml: {split: {speakers, pairs, silence}}."""
    return tomllib.loads(Path(__file__).with_name("splits.toml").read_text("utf-8"))


def chosen(split: str, key: str) -> list[str]:
    """Speakers, pairs or silence of a split; of both for "all"."""
    return [name for half, keys in splits().items() if split in (half, "all") for name in keys[key]]


def material(data: Path, split: str) -> Material:
    """A split of the data folder: "dev", "report" or "all". Raises Unusable where the folder is not there."""
    lips = data / "lips"
    if not (lips / "align.json").is_file():
        raise Unusable(
            f"there is no data folder at {data} (lips/align.json is missing); name another with --data, "
            "or measure a folder of your own with audio files and phones.tsv"
        )
    speakers, pairs, silences = (set(chosen(split, key)) for key in ("speakers", "pairs", "silence"))
    return Material(
        [_recording(lips / name, one) for name, one in listed(lips / "align.json").items() if one["spk"] in speakers],
        [_pair(lips, one) for one in listed(lips / "pairs.json") if one["name"] in pairs],
        [lips / name for name in listed(lips / "silence.json") if Path(name).name in silences],
    )


def root(data: Path) -> Path:
    """Its folder of lists stands for the data folder as well."""
    return data.parent if data.name == "lips" else data


def listed(path: Path) -> Any:
    """What a list says."""
    return json.loads(path.read_text("utf-8"))


def _recording(path: Path, one: Mapping[str, Any]) -> Recording:
    return Recording(path, one["spk"], one["seconds"], phones.chained(one["seg"]))


def _pair(lips: Path, one: Mapping[str, Any]) -> PairFile:
    face = one.get("kind", "face") == "face"
    return PairFile(one["name"], lips / one["wav"], lips / one["csv"], one["fps"], one.get("t0", 0.0), face)


def unaligned(data: Path) -> list[Path]:
    """Recordings of the data folder whose phone times nobody knows."""
    known = {Path(name).name for name in listed(data / "lips/align.json")}
    speech = [path for path in sorted((data / "speech").iterdir()) if path.suffix in AUDIO]
    return [path for path in speech if path.name not in known and not path.name.startswith(("NOISE_", "RIR_"))]
