"""Measures the built-in model alone: streaming steps of 40 ms, on one thread or on a GPU."""

from __future__ import annotations

import argparse
import json
import time

import numpy as np

from a2f_server.backends.builtin.backend import FRAME_RATE, BuiltinBackend
from a2f_server.backends.contract import Batch
from a2f_server.uvicorn_server import memory
from machine import describe

STEPS = 2
"""Windows per call: 40 ms."""


def measure(backend: BuiltinBackend, rate: int, voices: int, seconds: float) -> dict[str, object]:
    """Returns milliseconds per call, and the total speed of one core relative to real time."""
    window = backend.layout(rate).window
    sound = np.random.default_rng(0).normal(0, 0.1, (voices, STEPS, window)).astype(np.float32)
    batch = Batch(sound, np.zeros((voices, STEPS, 10), np.float32), rate)
    states = [backend.initial_state(0)] * voices
    took, begun = [], time.perf_counter()
    while time.perf_counter() - begun < seconds:
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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--precision", choices=("fp32", "fp16", "int8"), default="fp32")
    parser.add_argument("--rates", type=int, nargs="+", default=[16000, 24000, 48000])
    parser.add_argument("--voices", type=int, nargs="+", default=[1, 10, 50, 200])
    parser.add_argument("--seconds", type=float, default=3.0, help="time for each measurement")
    options = parser.parse_args()
    print(json.dumps({"machine": describe(), "device": options.device, "precision": options.precision}))
    memory.tune()  # as in the server
    backend = BuiltinBackend(options.device, precision=options.precision)
    for rate in options.rates:
        for voices in options.voices:
            print(json.dumps(measure(backend, rate, voices, options.seconds)), flush=True)


if __name__ == "__main__":
    main()
