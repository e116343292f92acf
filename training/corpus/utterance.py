"""One utterance of the corpus, and the files that hold some of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from training import array_files
from training.phones import Phone

RATE = 16000


@dataclass(frozen=True)
class CorpusUtterance:
    """Float32 samples at RATE, the phones in them, and the name of the voice."""

    voice: str
    samples: NDArray[np.float32]
    phones: list[Phone]

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / RATE


def from_speech(voice: str, samples: NDArray[Any], rate: int, phones: Sequence[Phone]) -> CorpusUtterance:
    """Converts int16 or float samples of any rate."""
    scale = 32768 if samples.dtype == np.int16 else 1
    floats = samples.astype(np.float32) / np.float32(scale)
    if rate != RATE:
        floats = np.asarray(soxr.resample(floats, rate, RATE), dtype=np.float32)
    return CorpusUtterance(voice, floats, list(phones))


def save(file: Path, utterances: Sequence[CorpusUtterance]) -> None:
    """Writes int16 samples, phones, and the length of each utterance."""
    sounds = [np.rint(np.clip(u.samples, -1, 1) * 32767).astype(np.int16) for u in utterances]
    arrays = {
        "voices": np.array([u.voice for u in utterances], dtype=np.str_),
        "samples": np.concatenate([np.zeros(0, np.int16), *sounds]),
        "lengths": np.array([len(u.samples) for u in utterances], np.int64),
    }
    array_files.write(file, arrays | array_files.pack_phones([u.phones for u in utterances]))


def load(file: Path) -> Iterator[CorpusUtterance]:
    """Reads the utterances of a file."""
    arrays = array_files.read(file)
    ends = np.cumsum(arrays["lengths"])
    phones = array_files.unpack_phones(arrays)
    for voice, length, end, spoken in zip(arrays["voices"].tolist(), arrays["lengths"], ends, phones, strict=True):
        samples = arrays["samples"][end - length : end].astype(np.float32) / np.float32(32767)
        yield CorpusUtterance(voice, samples, spoken)
