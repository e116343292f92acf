"""Measures the built-in model alone on one thread: streaming steps of 40 ms for 1 to 200 streams."""

from __future__ import annotations

import json
import time

import numpy as np

from a2f_server.backends.builtin.backend import FRAME_RATE, BuiltinBackend
from a2f_server.backends.contract import Batch
from a2f_server.uvicorn_server import memory
from machine import describe

STEPS = 2
"""Windows per call: 40 ms."""
SECONDS = 3.0


def measure(backend: BuiltinBackend, rate: int, voices: int) -> dict[str, object]:
    """Returns milliseconds per call, and the total speed of one core relative to real time."""
    window = backend.layout(rate).window
    sound = np.random.default_rng(0).normal(0, 0.1, (voices, STEPS, window)).astype(np.float32)
    batch = Batch(sound, np.zeros((voices, STEPS, 10), np.float32), rate)
    states = [backend.initial_state(0)] * voices
    took, begun = [], time.perf_counter()
    while time.perf_counter() - begun < SECONDS:
        start = time.perf_counter()
        _, states = backend.infer(batch, states)  # type: ignore[assignment]
        took.append(time.perf_counter() - start)
    p50, p99 = np.percentile(np.array(took[3:]) * 1000, [50, 99])
    return {
        "rate": rate,
        "voices": voices,
        "ms_a_step": {"p50": round(p50, 3), "p99": round(p99, 3)},
        "times_real_time": round(voices * STEPS / FRAME_RATE / p50 * 1000),
    }


def main() -> None:
    """Prints the machine and a line for each sample rate and number of streams."""
    print(json.dumps({"machine": describe()}))
    memory.tune()  # as in the server
    backend = BuiltinBackend("cpu")
    for rate in (16000, 24000, 48000):
        for voices in (1, 10, 50, 200):
            print(json.dumps(measure(backend, rate, voices)), flush=True)


if __name__ == "__main__":
    main()
