"""Reads recordings of people."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from a2f_server.audio.files import decode_file
from a2f_server.errors import A2FError
from training.corpus.utterance import RATE
from training.errors import TrainingError

LONGEST = 120.0
"""Seconds."""
PEAK = 0.6


def read(path: Path) -> NDArray[np.float32]:
    """Returns a recording at RATE with its highest sample at PEAK. Raises TrainingError if it cannot be decoded."""
    try:
        sound = decode_file(path.read_bytes(), LONGEST)
    except (OSError, A2FError) as error:
        raise TrainingError(f"{path} cannot be read: {error}") from None
    samples = np.asarray(sound.samples, np.float32)
    if sound.sample_rate != RATE:
        samples = np.asarray(soxr.resample(samples, sound.sample_rate, RATE), np.float32)
    return samples * np.float32(PEAK / max(float(np.abs(samples).max(initial=0)), 1e-4))
