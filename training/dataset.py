"""Examples for the network: scenes as it hears them, and the faces that say them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from a2f_server.backends.builtin import backend as builtin
from a2f_server.backends.builtin import mel
from a2f_server.backends.builtin.backend import FRAME_RATE
from training import faces, phones, store
from training.corpus import RATE
from training.jobs import Unfit, in_processes
from training.phones import Phone
from training.scenes import SECONDS, STEP, STEPS, Sound, scenes


def features(sound: Sound) -> NDArray[np.float32]:
    """`[STEPS, 128]` as the exported graph measures them (export.py): step t ends at (t + 1) · 20 ms."""
    before = mel.window(RATE) - STEP
    padded = np.concatenate([np.zeros(before, np.float32), sound])
    rows = np.lib.stride_tricks.sliding_window_view(padded, mel.window(RATE))[::STEP]
    sines = builtin.to_frames(rows, RATE) @ mel.basis(RATE)
    powers = (sines * sines) @ (mel.bands() / np.float32(mel.QUIET))
    return np.asarray(np.log1p(powers) * mel.UNIT, np.float32).reshape(len(rows), -1)


def targets(said: list[Phone], loudness: Sound) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Faces `[STEPS, 11]` at t · 20 ms in 255ths, and the phone said at each step."""
    times = np.arange(STEPS) / FRAME_RATE
    said = said or [Phone(phones.SILENCE, 0.0, SECONDS)]
    curves = faces.with_effort(faces.curves(said, times), loudness)
    names = np.zeros(STEPS, np.uint8)
    for phone in said:
        names[(times >= phone.start) & (times < phone.end)] = phones.NAMES.index(phone.name)
    return np.rint(np.clip(curves, 0, 1) * 255).astype(np.uint8), names


def make(corpus_files: list[Path], folder: Path, takes: int = 1, workers: int | None = None) -> list[Path]:
    """Scenes of every part, `takes` times over with other rooms and noises; files that are there are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [(f, folder / f"{f.stem}-take{k}.npz", k) for k in range(takes) for f in corpus_files]
    in_processes(_make, [job for job in jobs if not job[1].exists()], "measuring", workers)
    return [out for _, out, _ in jobs]


def _make(source: Path, out: Path, take: int) -> None:
    rng = np.random.default_rng([take, *source.stem.encode()])
    made = list(scenes(source, rng))
    if not made:
        raise Unfit(f"{source.name} is too short for a scene of {SECONDS:g} s: --share must be larger")
    arrays: store.Arrays = {
        "heard": np.stack([features(s.sound).astype(np.float16) for s in made]),
        "loudness": np.stack([s.loudness for s in made]),
    }
    store.write(out, arrays | store.packed([s.said for s in made]))


@dataclass
class Examples:
    """Scenes as a network learns from them: `heard[N, STEPS, 128]`, `shown[N, STEPS, 11]`, `said[N, STEPS]`."""

    heard: NDArray[np.float16]
    shown: NDArray[np.uint8]
    said: NDArray[np.uint8]


def load(files: list[Path], workers: int | None = None) -> Examples:
    """All of these files, in memory. Faces are made now, so that faces.toml can change without measuring again."""
    parts = in_processes(_load, [(file,) for file in files], "faces", workers)
    return Examples(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _load(file: Path) -> tuple[NDArray[np.float16], NDArray[np.uint8], NDArray[np.uint8]]:
    arrays = store.read(file)
    made = [targets(s, loud) for s, loud in zip(store.unpacked(arrays), arrays["loudness"], strict=True)]
    return arrays["heard"], np.stack([f for f, _ in made]), np.stack([n for _, n in made])
