"""Recordings to measure: a small folder made on the spot, and the data folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conftest import SHARED

HEADER = "file\tstart\tend\tphone\n"
GOOD = HEADER + "a.wav\t0.1\t0.3\tm\na.wav\t0.3\t0.6\tAA1\na.wav\t0.7\t0.9\tT\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    t = np.arange(16000) / 16000
    soundfile.write(tmp_path / "a.wav", 0.3 * np.sin(2 * np.pi * 150 * t) * (t > 0.3), 16000)
    (tmp_path / "phones.tsv").write_text(GOOD, "utf-8")
    return tmp_path


@pytest.fixture
def data() -> Path:
    if not (SHARED / "data/lips/align.json").is_file():
        pytest.skip(f"the recordings with phone times are missing: {SHARED / 'data'} (runs in CI)")
    return SHARED / "data"
