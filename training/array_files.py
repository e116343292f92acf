"""Array files (.npz) that are never left half written, and phones packed into arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training import phones
from training.phones import Phone

NamedArrays = dict[str, NDArray[Any]]


def write(file: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Writes one .npz under a temporary name and renames it, so an interrupted run leaves no truncated file."""
    part = file.with_suffix(".part.npz")
    np.savez(part, **arrays)  # type: ignore[arg-type]
    part.replace(file)


def read(file: Path) -> NamedArrays:
    """Reads all arrays of a file."""
    with np.load(file) as data:
        return dict(data)


def pack_phones(utterances: Sequence[Sequence[Phone]]) -> NamedArrays:
    """Packs the phones of each utterance into `names[P]`, `times[P, 2]` in seconds and `counts[N]`."""
    every = [phone for utterance in utterances for phone in utterance]
    return {
        "names": np.array([phones.NAMES.index(p.name) for p in every], np.uint8),
        "times": np.array([(p.start, p.end) for p in every], np.float32).reshape(-1, 2),
        "counts": np.array([len(utterance) for utterance in utterances]),
    }


def unpack_phones(arrays: Mapping[str, NDArray[Any]]) -> list[list[Phone]]:
    """Reverses `pack_phones`."""
    times = arrays["times"].tolist()
    every = [Phone(phones.NAMES[name], *at) for name, at in zip(arrays["names"].tolist(), times, strict=True)]
    ends = np.cumsum(arrays["counts"]).tolist()
    return [every[start:end] for start, end in zip([0, *ends], ends, strict=False)]
