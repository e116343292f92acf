"""Backends for tests: a model with a fixed rate, overlapping windows, several frames per window and a state, and
models that fail in various ways."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from a2f_server.backends.contract import Backend, Batch, Layout, Result

RATE, FRAME_RATE = 16000, 50


class Toy(Backend):
    """Shows the smoothed loudness of each 20 ms as jawOpen. Windows of 60 ms, two frames each, starting 10 ms early."""

    name = "toy"
    capacity = 8

    def layout(self, sample_rate: int) -> Layout:
        return Layout(RATE, FRAME_RATE, window=960, hop=2, before=160, lead=1)

    def initial_state(self, seed: int) -> np.ndarray:
        return np.zeros(1, np.float32)

    def infer(self, batch: Batch, states: Sequence[np.ndarray]) -> Result:
        loud = np.abs(batch.samples[..., :960].reshape(*batch.samples.shape[:2], 2, 480)).max(-1)
        loud = loud.reshape(len(loud), -1)
        weights = np.zeros((*loud.shape, 52), np.float32)
        state = np.stack(states)[:, 0]
        for t in range(loud.shape[1]):
            state = state + (loud[:, t] - state) * np.float32(0.5)
            weights[:, t, 17] = state
        return weights, [np.array([s]) for s in state]


class Raising(Toy):
    """Raises for audio louder than 0.5."""

    def infer(self, batch: Batch, states: Sequence[np.ndarray]) -> Result:
        if np.abs(batch.samples).max() > 0.5:
            raise RuntimeError("a tensor has the wrong shape")
        return super().infer(batch, states)


class Nan(Toy):
    """Returns NaN for audio louder than 0.5."""

    def infer(self, batch: Batch, states: Sequence[np.ndarray]) -> Result:
        weights, states = super().infer(batch, states)
        weights[np.abs(batch.samples).max((1, 2)) > 0.5] = np.nan
        return weights, states


class Hanging(Toy):
    """Hangs on audio louder than 0.5 until it is released."""

    def __init__(self) -> None:
        self.begun, self.released = threading.Event(), threading.Event()

    def infer(self, batch: Batch, states: Sequence[np.ndarray]) -> Result:
        if np.abs(batch.samples).max() > 0.5:
            self.begun.set()
            self.released.wait()
        return super().infer(batch, states)
