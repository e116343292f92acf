"""A bundle's network and its fold on a device: sound and emotions in, z out (fold.py), for many windows at once.

Only what the solver needs crosses to the host. Results differ in their last digits between a CPU and a GPU, and on a
GPU between sizes of a batch; on a CPU windows run one by one, and no neighbour changes a bit.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import structlog
from numpy.typing import NDArray

from a2f_server import arkit
from a2f_server.backends.audio2face3d.fold import Fold
from a2f_server.backends.audio2face3d.parts import Graph
from a2f_server.backends.audio2face3d.tensors import verify
from a2f_server.backends.onnx import accelerator, precision
from a2f_server.backends.onnx import session as onnx
from a2f_server.backends.onnx.blocks import Row
from a2f_server.backends.onnx.buckets import ONE
from a2f_server.backends.onnx.session import Floats, Place, Session, Value

log = structlog.get_logger(__name__)

Precision = Literal["fp32", "fp16"]
FOLDING = Path(__file__).with_name("folding.onnx")
"""tools/graphs writes it: rows [B, F, R] → z [B, frames, m], of frames and numbers the wanted ones, times a matrix."""
LOUD = 0.1
"""Of the noise that tries a network: that of a voice."""
SEED = 0
"""Of that noise."""


class Network(ABC):
    """A bundle's network and its fold. One run at a time: any thread may ask."""

    most: int
    """Windows of a run that memory is well spent on."""
    factor: int
    """Between the sizes of batches."""
    remembers = False
    """Whether a window leaves a memory to the next, so that windows of one voice have to wait for each other."""
    shared = False
    """Whether all sizes of batches run in one session. On a GPU each change of size then costs it some new plans."""

    def __init__(self, graph: Graph, fold: Fold, place: Place, *, strength: float, precision: Precision) -> None:
        """`largest` is 1 until it is warm."""
        self.graph, self.place, self.strength = graph, place, np.float32(strength)
        self.buckets: tuple[int, ...] = ONE
        self._order = [arkit.EMOTIONS.index(name) for name in graph.emotions]
        self._lock = threading.Lock()
        self._weights = _weights(graph.path, precision)
        self._networks: dict[int, Session] = {}
        self._fold = Session(FOLDING.read_bytes(), place, threads=_threads(place), **_folding(graph, fold))

    @property
    def largest(self) -> int:
        """Windows of a run."""
        return self.buckets[-1]

    def warm_up(self, buckets: Sequence[int]) -> None:
        """Runs each size of a batch once. Sizes for which memory does not do are left out; ValueError if 1 is."""
        fitting: list[int] = []
        for size in buckets:
            try:
                self.try_batch(size)
            except Exception as error:
                if not onnx.exhausted(error):
                    raise
                self._too_large(size, fitting, error)
                break
            fitting.append(size)
        self.buckets = tuple(fitting)
        self._networks = {size: one for size, one in self._networks.items() if self.shared or size in fitting}
        self.try_batch(self.largest)

    def check(self) -> None:
        """Raises ValueError where silence or noise comes out as something that is no number."""
        rng = np.random.default_rng(SEED)
        noise = LOUD * rng.standard_normal((1, self.graph.window), np.float32)
        for name, sound in (("silence", np.zeros_like(noise)), ("noise", noise)):
            if not self._finite(sound):
                raise ValueError(
                    f"{self.graph.path} gives values that are not numbers, for {name}: the file is damaged (download "
                    "it again), or its numbers are too large for half precision (A2F_PRECISION=fp32)"
                )

    def refusal(self, error: Exception) -> ValueError:
        """What to say where not even one window could be run."""
        if onnx.exhausted(error):
            return ValueError(
                f"{self.graph.path} does not fit into the device's memory, not for one window at a time: free some, "
                f"or take a larger device ({brief(error)})"
            )
        return ValueError(f"{self.graph.path} cannot be run: it is damaged; download it again ({brief(error)})")

    @abstractmethod
    def hear(self, samples: Floats, emotions: Floats, latents: Sequence[Row | None]) -> tuple[Floats, list[Row | None]]:
        """`samples[B, T, window]` in [−1, 1], `emotions[B, T · centre, 10]` as arkit.EMOTIONS has them, and what each
        voice remembers, None before its first window → z `[B, T · centre, m]` and what they remember now."""

    @abstractmethod
    def try_batch(self, size: int) -> None:
        """Runs a batch of silence of this size, neither padded nor split."""

    @abstractmethod
    def _finite(self, sound: Floats) -> bool:
        """Whether all that comes of `sound[1, window]` is a number."""

    def close(self) -> None:
        """Frees the sessions."""
        self._networks.clear()
        del self._fold

    def _network(self, size: int) -> Session:
        """The session for batches of this size."""
        key = 1 if self.shared else size
        if key not in self._networks:
            self._networks[key] = self._open()
        return self._networks[key]

    def _open(self) -> Session:
        """Raises ValueError with a sentence for a file that is no network, or another one."""
        try:
            session = Session(self._weights, self.place, threads=_threads(self.place))
        except Exception as error:
            if self.place == "cuda" or onnx.exhausted(error):
                raise
            raise ValueError(
                f"{self.graph.path} cannot be opened: it is damaged, or wants operators that onnxruntime "
                f"{onnx.runtime().__version__} does not have; download it again ({brief(error)})"
            ) from None
        verify(self.graph, *session.shapes())
        return session

    def _too_large(self, size: int, fitting: Sequence[int], error: Exception) -> None:
        if not fitting:
            raise self.refusal(error)
        log.warning("memory is short: smaller batches", windows=size, largest=fitting[-1], reason=brief(error))

    def _heard(self, samples: Floats) -> Floats:
        """As audio_accumulator.cpp of NVIDIA's Audio2Face-3D SDK reads sound: times the strength, nothing else."""
        return samples * self.strength

    def _felt(self, emotions: Floats) -> Floats:
        """Emotions in the network's order, on the last axis."""
        return emotions[..., self._order]

    def _folded(self, rows: Value) -> Floats:
        z: Floats = self._fold.bound({"rows": rows})["z"].numpy()
        return z


def _weights(path: Path, wanted: Precision) -> bytes | Path:
    if wanted == "fp32":
        return path
    try:
        return precision.half(path)
    except (ValueError, MemoryError):
        raise
    except Exception as error:  # whatever the package onnx comes up with
        raise ValueError(
            f"{path} cannot be converted to half precision: it is damaged (download it again), or A2F_PRECISION=fp32 "
            f"is what it takes ({brief(error)})"
        ) from None


def _threads(place: Place) -> int:
    """A network of this size needs all cores of a CPU to keep up with one voice; beside a GPU it needs one."""
    return 1 if place == "cuda" else accelerator.cores()


def _folding(graph: Graph, fold: Fold) -> dict[str, NDArray[np.int64] | Floats]:
    """What the fold's graph is filled with: of the frames the kept ones, of the numbers those that matter."""
    frames = np.arange(graph.left, graph.left + graph.centre)
    take = np.arange(graph.outputs) if fold.take is None else fold.take
    return {"frames": frames, "take": take, "matrix": fold.matrix}


def brief(error: Exception) -> str:
    """The beginning of what a library says, in one line."""
    return " ".join(str(error).split())[:200]
