"""Face tracks by other lip-sync packages: listed in peers.toml, run by peers.mjs, installed with npm into CACHE."""

from __future__ import annotations

import json
import shutil
import subprocess
import tomllib
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from a2f_server import arkit
from a2f_server.audio.files import DecodedAudio
from training.evaluation.animators.animator import FPS, TrackMaker
from training.evaluation.measures.track import Track, named
from training.evaluation.recordings.recording import EvaluationError

HERE, CACHE = Path(__file__).parent, Path("training/runs/peers")
PROGRAM = "peers.mjs"


def track_makers() -> dict[str, TrackMaker]:
    """Returns the track makers by package name and installs missing packages. Raises EvaluationError if npm fails."""
    table: dict[str, Any] = tomllib.loads((HERE / "peers.toml").read_text("utf-8"))
    _install([one["package"] for one in table["peers"].values()])
    return {
        name: partial(_made, name, one["rate"], table["shapes"][one["shapes"]]) for name, one in table["peers"].items()
    }


def _install(packages: Sequence[str]) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / PROGRAM, CACHE)
    done = CACHE / "installed"
    if not done.is_file() or done.read_text("utf-8").split() != packages:
        _run(b"", "npm", "install", "--prefix", ".", "--ignore-scripts", "--no-audit", "--no-fund", *packages)
        done.write_text(" ".join(packages), "utf-8")


def _made(peer: str, rate: int, shapes: Mapping[str, Mapping[str, float]], sound: DecodedAudio) -> Track:
    samples = soxr.resample(sound.samples, sound.sample_rate, rate).astype("<f4")
    return face(json.loads(_run(samples.tobytes(), "node", PROGRAM, peer).splitlines()[-1]), shapes)


def face(frames: Sequence[Mapping[str, float]], shapes: Mapping[str, Mapping[str, float]]) -> Track:
    """Converts frames of {mouth shape: share} to a track."""
    shares = np.array([[frame.get(shape, 0.0) for shape in shapes] for frame in frames])
    weights = [[shape.get(name, shape.get(_side(name), 0.0)) for name in arkit.NAMES] for shape in shapes.values()]
    return named(shares.reshape(-1, len(shapes)) @ np.array(weights), arkit.NAMES, FPS)


def _side(name: str) -> str:
    return name.removesuffix("Left").removesuffix("Right")


def _run(stdin: bytes, *command: str) -> bytes:
    try:
        return subprocess.run(command, cwd=CACHE, input=stdin, capture_output=True, check=True).stdout
    except FileNotFoundError:
        raise EvaluationError(f"--peers needs Node with npm: there is no {command[0]}") from None
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode("utf-8", "replace")[-300:]
        raise EvaluationError(f"{' '.join(command[:3])} failed in {CACHE}: {reason}") from None
