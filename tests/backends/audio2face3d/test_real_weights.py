"""With NVIDIA's own weights, if A2F_TEST_BUNDLE names the folder of nvidia/Audio2Face-3D-v3.0.

A2F_TEST_WAV and A2F_TEST_CSV name a recording and the output of NVIDIA's network for it (columns n, t_seconds, jawOpen,
mouthClose, 60 rows a second from −0.75 s on), for the comparison of whole utterances.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from a2f_server import arkit
from a2f_server.audio.files import decode_file
from a2f_server.backends.audio2face3d.backend import Audio2Face3DBackend
from a2f_server.backends.audio2face3d.loading.index import load_bundle
from tests.support.streaming import streamed

FACE = {
    "input_strength": 1.3,
    "skin_strength": 1.1,
    "lower_face_strength": 1.4,
    "upper_face_strength": 1.0,
    "lower_face_smoothing": 0.0023,
    "upper_face_smoothing": 0.001,
    "eyelid_open_offset": 0.06,
    "lip_open_offset": -0.03,
    "face_mask_level": 0.6,
    "face_mask_softness": 0.0085,
}
"""Parameters of the recorded run."""


def given(name: str) -> Path:
    """Returns the file or folder that a variable names."""
    if not os.environ.get(name):
        pytest.skip(f"{name} is not set: NVIDIA's weights, and what was made with them, are not ours to ship")
    return Path(os.environ[name])


def test_an_utterance_equals_the_recorded_output() -> None:
    folder, sound, table = given("A2F_TEST_BUNDLE"), given("A2F_TEST_WAV"), given("A2F_TEST_CSV")
    backend = Audio2Face3DBackend(load_bundle(folder, "Mark", FACE), os.environ.get("A2F_DEVICE", "auto"))
    heard = decode_file(sound.read_bytes(), 60)
    made = streamed(backend, heard.samples, heard.sample_rate, [], fps=60) / 65535
    rows = [row for row in csv.DictReader(table.open()) if float(row["t_seconds"]) > -1e-6]
    for name in ("jawOpen", "mouthClose"):
        wanted = np.array([float(row[name]) for row in rows])[: len(made)]
        found = made[: len(wanted), arkit.INDEX[name]]
        assert np.corrcoef(wanted, found)[0, 1] > 0.98, name
        assert np.abs(wanted - found).mean() < 0.05, name
