"""Measures a bundle's speed on this machine by running it for a second or two."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from a2f_server.backends.audio2face3d.backend import Audio2Face3DBackend
from a2f_server.backends.audio2face3d.bundle import Bundle
from a2f_server.onnx_runtime import capacity
from a2f_server.onnx_runtime import session as onnx

BATCH = 8
"""Streams in the batched measurement."""


@dataclass(frozen=True)
class Benchmark:
    """Speed of a bundle. Times are medians over calls and cover everything from audio to weights."""

    device: str
    provider: str
    single_ms: float
    """Milliseconds per window for a single stream."""
    batched_ms: float
    """Milliseconds per window with BATCH streams in a call."""
    windows_per_s: float
    """Windows per second that one stream needs."""
    capacity: float
    """Streams that a dedicated server can run; below 1 it is too slow for one."""

    @property
    def real_time_factor(self) -> float:
        """Seconds of computation per second of one stream."""
        return self.single_ms * self.windows_per_s / 1000


def measure(bundle: Bundle, device: str, fps: int) -> Benchmark:
    """Runs the bundle. Raises ValueError with an actionable message if onnxruntime or a required GPU is missing, or the
    network outputs NaN."""
    onnx.runtime()
    backend = Audio2Face3DBackend(bundle, device, fps=fps)
    try:
        layout = backend.layout(bundle.network.sample_rate)
        single_ms, batched_ms = (1000 * capacity.time_call(backend.benchmark_call(n)) / n for n in (1, BATCH))
        windows_per_s = layout.frame_rate / layout.hop
        return Benchmark(
            backend.device, backend.provider, single_ms, batched_ms, windows_per_s, backend.measured_capacity
        )
    finally:
        backend.close()


def peak() -> int:
    """Returns the peak memory of this process in bytes, 0 where the system does not report it."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
