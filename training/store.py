"""Files of arrays: written whole or not at all, with phones of many utterances in three of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training import phones
from training.phones import Phone

Arrays = dict[str, NDArray[Any]]


def write(file: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """One .npz; a run that is stopped leaves none that is cut."""
    part = file.with_suffix(".part.npz")
    np.savez(part, **arrays)  # type: ignore[arg-type]
    part.replace(file)


def read(file: Path) -> Arrays:
    """What `write` wrote."""
    with np.load(file) as data:
        return dict(data)


def packed(said: Sequence[Sequence[Phone]]) -> Arrays:
    """The phones of each utterance: `names[P]`, `times[P, 2]` in seconds, `counts[N]`."""
    every = [phone for one in said for phone in one]
    return {
        "names": np.array([phones.NAMES.index(p.name) for p in every], np.uint8),
        "times": np.array([(p.start, p.end) for p in every], np.float32).reshape(-1, 2),
        "counts": np.array([len(one) for one in said]),
    }


def unpacked(arrays: Mapping[str, NDArray[Any]]) -> list[list[Phone]]:
    """What `packed` made of it."""
    times = arrays["times"].tolist()
    every = [Phone(phones.NAMES[name], *at) for name, at in zip(arrays["names"].tolist(), times, strict=True)]
    ends = np.cumsum(arrays["counts"]).tolist()
    return [every[start:end] for start, end in zip([0, *ends], ends, strict=False)]
