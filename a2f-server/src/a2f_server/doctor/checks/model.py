"""The model: whether it loads and runs, and how long that takes."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from a2f_server import arkit
from a2f_server.backends import selector
from a2f_server.backends.contract import Backend, Batch
from a2f_server.doctor.contract import CheckContext, Finding, error, ok, warning
from a2f_server.onnx_runtime.capacity import time_call

RATE = 24000
LATE_MS = 100.0


def check(context: CheckContext) -> Iterator[Finding]:
    """Loads the backend of the settings and runs a window of silence."""
    begun = time.perf_counter()
    try:
        backend = selector.load(context.settings)
    except ValueError as failure:
        yield error(str(failure), "see docs/backends.md; `a2f-server models check DIR` examines a bundle")
        return
    loaded = (time.perf_counter() - begun) * 1000
    try:
        took = time_call(lambda: _run(backend)) * 1000
        message = f"{backend.name} on {backend.device} ({backend.provider}): loads in {loaded:.0f} ms, "
        message += f"runs in {took:.1f} ms, serves {backend.capacity} streams"
        slow = took > LATE_MS
        yield warning(message, "too slow for live streams: use a GPU or A2F_BACKEND=builtin") if slow else ok(message)
    except Exception as failure:
        yield error(f"{backend.name} loads but does not run: {failure}", "check the model's files and the GPU's memory")
    finally:
        backend.close()


def _run(backend: Backend) -> None:
    layout = backend.layout(RATE)
    samples = np.zeros((1, 1, layout.window), np.float32)
    emotions = np.zeros((1, layout.hop, len(arkit.EMOTIONS)), np.float32)
    weights, _ = backend.infer(Batch(samples, emotions, layout.sample_rate), [backend.initial_state(0)])
    if not np.isfinite(weights).all():
        raise ValueError("its weights are not numbers")
