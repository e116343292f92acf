"""A network without weights: it returns the loudness of each frame, and records what it was given."""

from __future__ import annotations

import numpy as np

from a2f_server import arkit
from a2f_server.backends.sequence.backend import SequenceBackend
from a2f_server.backends.sequence.silence import Silence
from a2f_server.backends.sequence.windows import WindowSizes


class Loudness(SequenceBackend):
    """The jaw opens with the loudness, mouthFunnel with that of all the audio that the network sees."""

    name = "loudness"

    def __init__(self, windows: WindowSizes | None = None, silence: Silence | None = None) -> None:
        self.windows = windows or WindowSizes(16000, 30)
        self.silence = silence
        self.normalised = False
        self.columns = [arkit.INDEX["jawOpen"], None, arkit.INDEX["mouthFunnel"]]
        self.seen: list[tuple[np.ndarray, int]] = []

    def run(self, samples: np.ndarray, frames: int, emotions: np.ndarray) -> np.ndarray:
        self.seen.append((samples.copy(), frames))
        edges = np.arange(frames) * self.windows.sample_rate // self.windows.frame_rate
        loud = np.add.reduceat(np.abs(samples), edges) / np.diff([*edges, len(samples)])
        return np.stack([loud, np.full(frames, 9), np.full(frames, loud.mean())], axis=1).astype(np.float32)
