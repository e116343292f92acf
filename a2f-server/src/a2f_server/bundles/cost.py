"""What a bundle costs on this machine: it is run for a second or two."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from a2f_server.backends.audio2face3d.backend import Audio2Face3DBackend
from a2f_server.backends.audio2face3d.bundle import Bundle
from a2f_server.backends.onnx import capacity
from a2f_server.backends.onnx import session as onnx

CROWD = 8
"""Voices that are run together, besides one alone."""


@dataclass(frozen=True)
class Cost:
    """Milliseconds are medians of calls: everything from sound to weights."""

    device: str
    provider: str
    alone: float
    """Milliseconds for a window of one voice."""
    crowd: float
    """Milliseconds for a window where CROWD voices are run together."""
    windows: float
    """Windows a second that a voice needs."""
    carries: float
    """Voices that a server with nothing else to do would take; below 1 it is too slow for one."""

    @property
    def factor(self) -> float:
        """Seconds of work for a second of one voice."""
        return self.alone * self.windows / 1000


def measure(bundle: Bundle, device: str, fps: int) -> Cost:
    """Runs it. Raises ValueError with a sentence where it cannot: no onnxruntime, no GPU, or no numbers."""
    onnx.runtime()
    backend = Audio2Face3DBackend(bundle, device, fps=fps)
    try:
        layout = backend.layout(bundle.network.sample_rate)
        alone, crowd = (1000 * capacity.time_call(backend.benchmark_call(voices)) / voices for voices in (1, CROWD))
        return Cost(
            backend.device, backend.provider, alone, crowd, layout.frame_rate / layout.hop, backend.measured_capacity
        )
    finally:
        backend.close()


def peak() -> int:
    """Most bytes that this process has needed at once; 0 where the system does not tell."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
