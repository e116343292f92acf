"""Training examples: the features of scenes, and the target faces of their phones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from a2f_server.backends.builtin import backend as builtin
from a2f_server.backends.builtin import mel
from a2f_server.backends.builtin.backend import FRAME_RATE
from training import array_files, phones
from training.augmentation.scenes import SECONDS, STEP, STEPS, scenes
from training.augmentation.voice_conversion import Samples
from training.corpus.utterance import RATE
from training.errors import TrainingError
from training.face import coarticulation
from training.phones import Phone
from training.processes import run_in_processes


def features(audio: Samples) -> NDArray[np.float32]:
    """Returns log-mel features `[STEPS, 128]` as the exported graph computes them (export.py).

    Step t ends at (t + 1) · 20 ms.
    """
    before = mel.window(RATE) - STEP
    padded = np.concatenate([np.zeros(before, np.float32), audio])
    rows = np.lib.stride_tricks.sliding_window_view(padded, mel.window(RATE))[::STEP]
    sines = builtin.to_frames(rows, RATE) @ mel.basis(RATE)
    powers = (sines * sines) @ (mel.bands() / np.float32(mel.QUIET))
    return np.asarray(np.log1p(powers) * mel.UNIT, np.float32).reshape(len(rows), -1)


def targets(spoken: list[Phone], loudness: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Returns faces `[STEPS, 12]` at t · 20 ms, scaled to 0–255, and the index of the phone at each step, `[STEPS]`."""
    times = np.arange(STEPS) / FRAME_RATE
    spoken = spoken or [Phone(phones.SILENCE, 0.0, SECONDS)]
    curves = coarticulation.with_effort(coarticulation.curves(spoken, times), loudness)
    names = np.zeros(STEPS, np.uint8)
    for phone in spoken:
        names[(times >= phone.start) & (times < phone.end)] = phones.NAMES.index(phone.name)
    return np.rint(np.clip(curves, 0, 1) * 255).astype(np.uint8), names


def make_scenes(corpus_files: list[Path], folder: Path, variants: int = 1, workers: int | None = None) -> list[Path]:
    """Makes scenes of every corpus file, `variants` times with other rooms and noises. Existing files are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [(f, folder / f"{f.stem}-variant{k}.npz", k) for k in range(variants) for f in corpus_files]
    run_in_processes(_make, [job for job in jobs if not job[1].exists()], "computing features", workers)
    return [out for _, out, _ in jobs]


def _make(source: Path, out: Path, variant: int) -> None:
    rng = np.random.default_rng([variant, *source.stem.encode()])
    made = list(scenes(source, rng))
    if not made:
        raise TrainingError(f"{source.name} is too short for a scene of {SECONDS:g} s: --share must be larger")
    arrays: array_files.NamedArrays = {
        "features": np.stack([features(s.audio).astype(np.float16) for s in made]),
        "loudness": np.stack([s.loudness for s in made]),
    }
    array_files.write(out, arrays | array_files.pack_phones([s.phones for s in made]))


@dataclass
class Examples:
    """Scenes in memory: `features[N, STEPS, 128]`, `faces[N, STEPS, 12]` (0–255), phone indices `phones[N, STEPS]`."""

    features: NDArray[np.float16]
    faces: NDArray[np.uint8]
    phones: NDArray[np.uint8]


def load(files: list[Path], workers: int | None = None) -> Examples:
    """Loads scenes and computes their faces, so targets.toml can change without making the scenes again."""
    parts = run_in_processes(_load, [(file,) for file in files], "computing faces", workers)
    return Examples(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _load(file: Path) -> tuple[NDArray[np.float16], NDArray[np.uint8], NDArray[np.uint8]]:
    arrays = array_files.read(file)
    unpacked = zip(array_files.unpack_phones(arrays), arrays["loudness"], strict=True)
    made = [targets(spoken, loudness) for spoken, loudness in unpacked]
    return arrays["features"], np.stack([f for f, _ in made]), np.stack([n for _, n in made])
