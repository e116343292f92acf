"""The built-in model: our own small network, which takes audio at its usual sample rates without resampling.

`training/network/export.py` writes `builtin.onnx`: in steps of 20 ms, from sound [B, T, 2, frame] and what layers take
from earlier steps (past.py) to weights [B, T, 52], the layers' inputs, and phones [B, T, P]. Its first matrix is a
basis of sines at the audio's sample rate (mel.py), hence one session per rate. Only matrix products and elementwise
functions follow. On a CPU the result therefore has the same bits for any batch, any number of steps per call and any
threads.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from a2f_server.arrays import Float32Array
from a2f_server.backends.builtin import mel
from a2f_server.backends.builtin.past import Past, PastState
from a2f_server.backends.contract import Backend, Batch, Layout, Result
from a2f_server.onnx_runtime import capacity, precision
from a2f_server.onnx_runtime import session as onnx
from a2f_server.onnx_runtime.capacity import MAX_STREAMS_PER_PROCESS
from a2f_server.onnx_runtime.session import DeviceKind, Session
from a2f_server.settings import Settings

GRAPH, INT8_GRAPH = (Path(__file__).with_name(name) for name in ("builtin.onnx", "builtin.int8.onnx"))
FRAME_RATE = 50
LEAD = 4
"""Steps of look-ahead: 80 ms."""

TIMED = {"cpu": 64, "cuda": MAX_STREAMS_PER_PROCESS}
"""Streams in the batch that is timed for the capacity."""

NOMINAL_RATE = 16000
COMMON_RATES = (NOMINAL_RATE, 24000, 48000, 44100, 22050, 8000)
"""Hz: opened by `warm`, so the first utterance does not wait."""
RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
"""Native sample rates in Hz. Audio of another rate is resampled to the next higher one, or to the highest.

Each rate needs a session of 5 to 20 MB, and clients choose their rates. With a session for every possible rate, a few
clients with unusual rates could make every step open sessions anew."""


class BuiltinBackend(Backend):
    """The built-in model. `rates` (Hz) are opened by `warm`, others on first use, which takes 10 to 40 ms.

    Raises ValueError with an actionable message if a required GPU, or a package for half precision, is missing.
    """

    name = "builtin"
    capacity = MAX_STREAMS_PER_PROCESS
    """Measured for each instance."""

    def __init__(
        self,
        device: str = "auto",
        rates: Sequence[int] = (NOMINAL_RATE,),
        *,
        precision: str = "fp32",
    ) -> None:
        self.model = {"precision": precision}
        self._graph = _graph(precision)
        if precision == "int8" and device == "cuda":
            raise ValueError("A2F_PRECISION=int8 is for CPUs: set fp16 or fp32, or A2F_DEVICE=cpu")
        self._locks = {rate: threading.Lock() for rate in RATES}
        self._rates, self._closed = rates, False
        self._device_kind: DeviceKind = onnx.choose_device("cpu" if precision == "int8" else device, self._try)
        self._session = lru_cache(maxsize=len(RATES))(self._open)
        self.device, self.provider = self._device_kind, onnx.PROVIDER_NAMES[self._device_kind]
        self._past = Past(self._session(NOMINAL_RATE))
        self._silence = self._past.silence()
        self.phones = tuple(json.loads(self._session(NOMINAL_RATE).metadata["phones"]))
        if self._device_kind == "cuda":
            self._warm_up(rates)
        self.capacity = capacity.to_capacity(self.measure(TIMED[self._device_kind]), self.name)

    @classmethod
    def from_settings(cls, settings: Settings) -> BuiltinBackend:
        """Opens the model on the device and in the precision that the settings ask for."""
        return cls(settings.device, COMMON_RATES, precision=settings.precision)

    def measure(self, streams: int = MAX_STREAMS_PER_PROCESS) -> float:
        """Returns the number of streams that the device serves in real time, from a timed batch of `streams`."""
        took = capacity.time_call(lambda: self._run_silence(NOMINAL_RATE, streams))
        return capacity.streams_in_real_time(streams, took, FRAME_RATE)

    def layout(self, sample_rate: int) -> Layout:
        """Returns windows that end with their step of 20 ms, at the nearest native rate."""
        rate = next((r for r in RATES if r >= sample_rate), RATES[-1])
        window = mel.window(rate)
        return Layout(rate, FRAME_RATE, window, before=window - rate // FRAME_RATE, lead=LEAD)

    def initial_state(self, seed: int) -> PastState:
        """Returns the state after silence. The seed is not used."""
        return self._silence

    def infer(self, batch: Batch, states: Sequence[PastState]) -> Result:
        session = self._opened(batch.sample_rate)
        sound, past = to_frames(batch.samples, batch.sample_rate), self._past.gather(states, batch.samples.shape[1])
        weights, inputs, phones = session.run(sound=sound, **past)
        output = np.concatenate([weights, phones], axis=-1) if batch.with_phones else weights
        return output, self._past.after(states, inputs)

    def warm(self) -> None:
        for rate in self._rates:
            if not self._closed:
                self._opened(rate)

    def close(self) -> None:
        """Frees the sessions."""
        self._closed = True
        self._session.cache_clear()

    def _opened(self, rate: int) -> Session:
        """Returns the session of a rate. Only those who need the same rate wait while it is opened."""
        with self._locks[rate]:
            return self._session(rate)

    def _open(self, rate: int) -> Session:
        return Session(self._graph, self._device_kind, basis=mel.basis(rate))

    def _warm_up(self, rates: Sequence[int]) -> None:
        """Runs the smallest and the largest batch: a GPU's libraries load lazily."""
        for rate in rates:
            self._run_silence(rate, 1)
            self._run_silence(rate, MAX_STREAMS_PER_PROCESS)

    def _run_silence(self, rate: int, streams: int) -> None:
        samples = np.zeros((streams, 1, mel.window(rate)), np.float32)
        self.infer(Batch(samples, np.zeros((streams, 1, 10), np.float32), rate), [self.initial_state(0)] * streams)

    def _try(self, device_kind: DeviceKind) -> None:
        """Runs one step of silence. Raises if the model does not run on this device."""
        session = Session(self._graph, device_kind, basis=mel.basis(NOMINAL_RATE))
        past = Past(session)
        session.run(sound=np.zeros((1, 1, 2, mel.frame(NOMINAL_RATE)), np.float32), **past.gather([past.silence()], 1))


def _graph(precision: str) -> bytes:
    if precision == "int8":
        return INT8_GRAPH.read_bytes()
    graph = GRAPH.read_bytes()
    return to_half_precision(graph) if precision == "fp16" else graph


def to_half_precision(graph: bytes) -> bytes:
    """Converts the graph, except for the logarithm of the mel powers and what precedes it: powers go down to 1e-8."""
    return precision.half(graph, keep=precision.upstream_of(graph, "Log"))


def to_frames(windows: Float32Array, rate: int) -> Float32Array:
    """Returns a window's first and last frame, `[…, window]` → `[…, 2, frame]`: each step is measured twice."""
    frame = mel.frame(rate)
    return np.stack([windows[..., :frame], windows[..., -frame:]], axis=-2)
