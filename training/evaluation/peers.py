"""Other packages' lips: peers.toml names them, peers.mjs asks them, npm installs them where git does not look."""

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
from training.evaluation.makers import FPS, Maker
from training.evaluation.recordings import Unusable
from training.evaluation.track import Track, named

HERE, CACHE = Path(__file__).parent, Path("training/runs/peers")
PROGRAM = "peers.mjs"


def makers() -> dict[str, Maker]:
    """Who makes tracks, by name; installs what is not there. Raises Unusable where Node or npm fails."""
    told: dict[str, Any] = tomllib.loads((HERE / "peers.toml").read_text("utf-8"))
    _install([one["package"] for one in told["peers"].values()])
    return {
        name: partial(_made, name, one["rate"], told["shapes"][one["shapes"]]) for name, one in told["peers"].items()
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
    """A track of frames that say what share each mouth shape has."""
    shares = np.array([[frame.get(shape, 0.0) for shape in shapes] for frame in frames])
    weights = [[shape.get(name, shape.get(_side(name), 0.0)) for name in arkit.NAMES] for shape in shapes.values()]
    return named(shares.reshape(-1, len(shapes)) @ np.array(weights), arkit.NAMES, FPS)


def _side(name: str) -> str:
    return name.removesuffix("Left").removesuffix("Right")


def _run(given: bytes, *command: str) -> bytes:
    try:
        return subprocess.run(command, cwd=CACHE, input=given, capture_output=True, check=True).stdout
    except FileNotFoundError:
        raise Unusable(f"--peers needs Node with npm: there is no {command[0]}") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace")[-300:]
        raise Unusable(f"{' '.join(command[:3])} failed in {CACHE}: {said}") from None
