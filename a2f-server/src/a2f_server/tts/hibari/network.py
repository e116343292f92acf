"""The network of hibari: phonemes → sound, and how long each phoneme lasts."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from a2f_server.arrays import Float32Array
from a2f_server.onnx_runtime.graph_outputs import with_output
from a2f_server.onnx_runtime.session import Session

SAMPLE_RATE = 24000
VOICE = "heart"
"""The one in the package. The others are downloaded when they are first used, which a server should not do."""
DURATIONS = "/Clip_output_0"
MISSING = (
    "the local voice hibari is not installed: pip install 'a2f-server[voice]' (in a checkout '.[voice]'), or, with "
    "[gpu], pip install --no-deps hibari-tts"
)


def check_installed() -> None:
    """Raises ValueError with an actionable message if a package is missing."""
    if find_spec("hibari") is None:
        raise ValueError(MISSING)
    if find_spec("onnxruntime") is None:
        raise ValueError("the local voice hibari needs onnxruntime: pip install 'a2f-server[cpu]' (or [gpu])")


class HibariNetwork:
    """Runs on one thread of the CPU, about 100 times as fast as speech. Thread-safe."""

    def __init__(self) -> None:
        """Loads the network. Raises ImportError if the package is missing."""
        from hibari import voices  # noqa: PLC0415 - an extra

        graph = Path(voices.voice_path(VOICE, download_missing=False)).read_bytes()
        self._session = Session(with_output(graph, DURATIONS), "cpu")
        self._ids: dict[str, int] = json.loads((Path(voices.ASSETS) / "vocab.json").read_text("utf-8"))

    def known(self, phonemes: str) -> str:
        """Removes the letters that the network does not know."""
        return "".join(letter for letter in phonemes if letter in self._ids)

    def speak(self, phonemes: str, speed: float = 1.0, seed: int = 0) -> tuple[Float32Array, list[float]]:
        """Returns mono float32 samples at SAMPLE_RATE, and the durations (durations.py) of the padding before the
        phonemes, the phonemes and the padding after them.

        `phonemes`: letters that the network knows, at most 500. `speed`: 1 is normal, 0.5-2. `seed`: of the noise.
        """
        from hibari import dsp  # noqa: PLC0415

        ids = np.array([[0, *(self._ids[letter] for letter in phonemes), 0]], np.int64)
        *parameters, durations = self._session.run(ids=ids, speed=np.array([speed], np.float32))
        sound = dsp.synth(*(one[0] for one in parameters), np.random.default_rng(seed))
        return np.asarray(sound, np.float32), durations.ravel().tolist()
