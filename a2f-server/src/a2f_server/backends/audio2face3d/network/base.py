"""A bundle's network and its projection on a device: audio and emotions in, z out (projection.py), in batches.

Only the solver's input is copied to the host. Results differ in the last digits between CPU and GPU, and on a GPU
between batch sizes. On a CPU windows run one by one, and a batch's other rows change no bit of a row.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import structlog

from a2f_server import arkit
from a2f_server.arrays import Float32Array, Int64Array
from a2f_server.backends.audio2face3d.bundle import NetworkSpec
from a2f_server.backends.audio2face3d.network.tensor_shapes import verify
from a2f_server.backends.audio2face3d.projection import Projection
from a2f_server.cores import usable_cores
from a2f_server.onnx_runtime import precision
from a2f_server.onnx_runtime import session as onnx
from a2f_server.onnx_runtime.buckets import ONE_BY_ONE
from a2f_server.onnx_runtime.host_gather import StateRow
from a2f_server.onnx_runtime.session import DeviceArray, DeviceKind, Session

log = structlog.get_logger(__name__)

Precision = Literal["fp32", "fp16"]
PROJECTION_GRAPH = Path(__file__).with_name("projection.onnx")
"""Written by tools/onnx_graphs: output [B, F, R] → z [B, frames, m], selected frames and columns times a matrix."""
NOISE_LEVEL = 0.1
"""Amplitude of the noise that a network is tested with, about that of a voice."""
SEED = 0
"""Seed of that noise."""


class Network(ABC):
    """A bundle's network and its projection. Thread-safe; one run at a time."""

    max_batch: int
    """Largest batch, in windows; larger ones gain little speed for the memory they need."""
    bucket_factor: int
    """Ratio of neighbouring batch sizes."""
    stateful = False
    """True if a window's result depends on the one before, in which case an utterance's windows run one at a time."""
    single_session = False
    """True if all batch sizes share one session. On a GPU a change of size then costs some planning time."""

    def __init__(
        self,
        spec: NetworkSpec,
        projection: Projection,
        device_kind: DeviceKind,
        *,
        strength: float,
        precision: Precision,
    ) -> None:
        """Opens the projection; batches have size 1 until `warm_up`."""
        self.spec, self.device_kind, self.strength = spec, device_kind, np.float32(strength)
        self.buckets: tuple[int, ...] = ONE_BY_ONE
        self._emotion_order = [arkit.EMOTIONS.index(name) for name in spec.emotions]
        self._lock = threading.Lock()
        self._graph = _graph(spec.path, precision)
        self._networks: dict[int, Session] = {}
        values, threads = _projection_values(spec, projection), _threads(device_kind)
        self._projection = Session(PROJECTION_GRAPH.read_bytes(), device_kind, threads=threads, **values)

    @property
    def largest(self) -> int:
        """Largest batch, in windows."""
        return self.buckets[-1]

    def warm_up(self, buckets: Sequence[int]) -> None:
        """Runs each batch size once and drops those that do not fit into memory. ValueError if size 1 does not fit."""
        fitting: list[int] = []
        for size in buckets:
            try:
                self.try_batch(size)
            except Exception as error:
                if not onnx.is_out_of_memory(error):
                    raise
                self._too_large(size, fitting, error)
                break
            fitting.append(size)
        self.buckets = tuple(fitting)
        self._networks = {size: one for size, one in self._networks.items() if self.single_session or size in fitting}
        self.try_batch(self.largest)

    def check(self) -> None:
        """Raises ValueError if silence or noise yields NaN or infinity."""
        rng = np.random.default_rng(SEED)
        noise = NOISE_LEVEL * rng.standard_normal((1, self.spec.window), np.float32)
        for name, samples in (("silence", np.zeros_like(noise)), ("noise", noise)):
            if not self._is_finite(samples):
                raise ValueError(
                    f"{self.spec.path} gives values that are not numbers, for {name}: the file is damaged (download "
                    "it again), or its numbers are too large for half precision (A2F_PRECISION=fp32)"
                )

    def failure(self, error: Exception) -> ValueError:
        """Returns the error to raise when not even one window could be run."""
        if onnx.is_out_of_memory(error):
            return ValueError(
                f"{self.spec.path} does not fit into the device's memory, not even one window at a time: free some "
                f"memory, or use a larger device ({first_line(error)})"
            )
        return ValueError(f"{self.spec.path} cannot be run: it is damaged; download it again ({first_line(error)})")

    @abstractmethod
    def infer(
        self, samples: Float32Array, emotions: Float32Array, latents: Sequence[StateRow | None]
    ) -> tuple[Float32Array, list[StateRow | None]]:
        """Returns z `[B, T · centre, m]` and each stream's new latents.

        `samples[B, T, window]` in [−1, 1]; `emotions[B, T · centre, 10]` in the order of arkit.EMOTIONS; `latents[B]`,
        None before a stream's first window.
        """

    @abstractmethod
    def try_batch(self, size: int) -> None:
        """Runs a batch of silence of exactly this size, neither padded nor split."""

    @abstractmethod
    def _is_finite(self, samples: Float32Array) -> bool:
        """Returns whether the results for `samples[1, window]` are finite."""

    def close(self) -> None:
        """Frees the sessions."""
        self._networks.clear()
        del self._projection

    def _network(self, size: int) -> Session:
        """Returns the session for batches of this size."""
        key = 1 if self.single_session else size
        if key not in self._networks:
            self._networks[key] = self._open()
        return self._networks[key]

    def _open(self) -> Session:
        """Opens the network. Raises ValueError with an actionable message if the file is not the expected network."""
        try:
            session = Session(self._graph, self.device_kind, threads=_threads(self.device_kind))
        except Exception as error:
            if self.device_kind == "cuda" or onnx.is_out_of_memory(error):
                raise
            raise ValueError(
                f"{self.spec.path} cannot be opened: it is damaged, or needs operators that onnxruntime "
                f"{onnx.runtime().__version__} does not have; download it again ({first_line(error)})"
            ) from None
        verify(self.spec, *session.shapes())
        return session

    def _too_large(self, size: int, fitting: Sequence[int], error: Exception) -> None:
        if not fitting:
            raise self.failure(error)
        log.warning("memory is short: smaller batches", windows=size, largest=fitting[-1], reason=first_line(error))

    def _scaled(self, samples: Float32Array) -> Float32Array:
        """Multiplies the audio by the strength, as audio_accumulator.cpp of NVIDIA's Audio2Face-3D SDK does."""
        return samples * self.strength

    def _ordered(self, emotions: Float32Array) -> Float32Array:
        """Reorders the emotions, on the last axis, for the network."""
        return emotions[..., self._emotion_order]

    def _project(self, rows: DeviceArray) -> Float32Array:
        z: Float32Array = self._projection.run_on_device({"rows": rows})["z"].numpy()
        return z


def _graph(path: Path, wanted: Precision) -> bytes | Path:
    if wanted == "fp32":
        return path
    try:
        return precision.half(path)
    except (ValueError, MemoryError):
        raise
    except Exception as error:  # the package onnx raises all kinds of exceptions
        raise ValueError(
            f"{path} cannot be converted to half precision: it is damaged (download it again), or it only runs with "
            f"A2F_PRECISION=fp32 ({first_line(error)})"
        ) from None


def _threads(device_kind: DeviceKind) -> int:
    """Returns the number of threads: all cores of a CPU, to keep up with one stream; one with a GPU."""
    return 1 if device_kind == "cuda" else usable_cores()


def _projection_values(spec: NetworkSpec, projection: Projection) -> dict[str, Int64Array | Float32Array]:
    """Returns the initializers of the projection's graph: kept frames, used columns, and the matrix."""
    frames = np.arange(spec.left, spec.left + spec.centre)
    columns = np.arange(spec.outputs) if projection.columns is None else projection.columns
    return {"frames": frames, "columns": columns, "matrix": projection.matrix}


def first_line(error: Exception) -> str:
    """Returns the beginning of an error message, on one line."""
    return " ".join(str(error).split())[:200]
