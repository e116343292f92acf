"""What a bundle costs on this machine: it is run for a second or two."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from a2f_server.backends import onnx
from a2f_server.backends.audio2face3d.backend import Audio2Face3DBackend
from a2f_server.backends.audio2face3d.parts import Bundle
from a2f_server.backends.contract import Batch, State

CROWD = 8
"""Voices that are run together, besides one alone."""
LONG_ENOUGH, LEAST, MOST = 1.0, 3, 20
"""Seconds that a figure takes; calls, at least and at most. The first call is not counted."""
LOUD = 0.1
"""Of the noise that is heard."""


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

    @property
    def factor(self) -> float:
        """Seconds of work for a second of one voice."""
        return self.alone * self.windows / 1000

    @property
    def voices(self) -> int:
        """As many as can be run at once, by the better of both figures."""
        return int(1000 / (min(self.alone, self.crowd) * self.windows))


def measure(bundle: Bundle, device: str, fps: int) -> Cost:
    """Runs it. Raises ValueError with a sentence where it cannot: no onnxruntime, no GPU, or no numbers."""
    onnx.runtime()
    backend = _opened(bundle, device, fps)
    try:
        layout = backend.layout(bundle.graph.sample_rate)
        alone, crowd = (_milliseconds(backend, voices) / voices for voices in (1, CROWD))
        return Cost(backend.device, backend.provider, alone, crowd, layout.frame_rate / layout.hop)
    finally:
        backend.close()


def _opened(bundle: Bundle, device: str, fps: int) -> Audio2Face3DBackend:
    try:
        return Audio2Face3DBackend(bundle, device, fps=fps)
    except ValueError:
        raise
    except Exception as error:  # whatever onnxruntime comes up with
        said = (str(error).splitlines() or [type(error).__name__])[0]
        raise ValueError(f"{bundle.graph.path} cannot be run: {said}") from None


def peak() -> int:
    """Most bytes that this process has needed at once; 0 where the system does not tell."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _milliseconds(backend: Audio2Face3DBackend, voices: int) -> float:
    """Of a call with one window of each of so many voices."""
    layout = backend.layout(0)
    chance = np.random.default_rng(0)
    sound = (LOUD * chance.standard_normal((voices, 1, layout.window))).astype(np.float32)
    batch = Batch(sound, np.zeros((voices, layout.hop, 10), np.float32), layout.sample_rate)
    states: Sequence[State] = [backend.initial_state(seed) for seed in range(voices)]
    times: list[float] = []
    began = time.perf_counter()
    while len(times) < LEAST or (len(times) < MOST and time.perf_counter() - began < LONG_ENOUGH):
        start = time.perf_counter()
        _, states = backend.infer(batch, states)
        times.append(1000 * (time.perf_counter() - start))
    return median(times[1:])
