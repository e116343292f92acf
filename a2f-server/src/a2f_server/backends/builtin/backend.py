"""The built-in model: our own small network, which takes audio at its usual sample rates without resampling.

`builtin.onnx` is written by `training/network/export.py`: sound [B, T, 2, frame], state [B, S] → weights [B, T, 52],
state_after [B, S], in steps of 20 ms. Its first matrix is a basis of sines at the audio's sample rate (mel.py), hence
one session per rate. Only matrix products and elementwise functions follow. On a CPU the result therefore has the same
bits for any batch, any number of steps per call and any threads.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from a2f_server.arrays import Float32Array
from a2f_server.backends.builtin import mel
from a2f_server.backends.contract import Backend, Batch, Layout, Result
from a2f_server.onnx_runtime import capacity, precision
from a2f_server.onnx_runtime import session as onnx
from a2f_server.onnx_runtime.capacity import MAX_STREAMS_PER_PROCESS
from a2f_server.onnx_runtime.device_gather import DeviceGather, DeviceState
from a2f_server.onnx_runtime.session import DeviceKind, Session
from a2f_server.settings import Settings

GRAPH = Path(__file__).with_name("builtin.onnx")
FRAME_RATE = 50
LEAD = 4
"""Steps of look-ahead: 80 ms."""

TIMED = {"cpu": 64, "cuda": MAX_STREAMS_PER_PROCESS}
"""Streams in the batch that is timed for the capacity."""

NOMINAL_RATE = 16000
COMMON_RATES = (NOMINAL_RATE, 24000, 48000, 44100, 22050, 8000)
"""Hz: opened at start, so the first utterance does not wait."""
RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
"""Native sample rates in Hz. Audio of another rate is resampled to the next higher one, or to the highest.

Each rate needs a session of 5 to 20 MB, and clients choose their rates. With a session for every possible rate, a few
clients with unusual rates could make every step open sessions anew."""


class BuiltinBackend(Backend):
    """The built-in model. `rates` (Hz) are opened at start, others on first use, which takes 10 to 40 ms.

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
        resident: bool | None = None,
    ) -> None:
        """`resident`: whether the states of utterances stay on the device (default: only on a GPU)."""
        self.model = {"precision": precision}
        self._graph = to_half_precision(GRAPH.read_bytes()) if precision == "fp16" else GRAPH.read_bytes()
        self._lock = threading.Lock()
        self._device_kind: DeviceKind = onnx.choose_device(device, self._try)
        self._session = lru_cache(maxsize=len(RATES))(self._open)
        self.device, self.provider = self._device_kind, onnx.PROVIDER_NAMES[self._device_kind]
        self._state = np.zeros(self._session(NOMINAL_RATE).width("state"), np.float32)
        self._state.flags.writeable = False
        resident = self._device_kind == "cuda" if resident is None else resident
        self._gather = DeviceGather(self._device_kind, len(self._state)) if resident else None
        for rate in rates:
            self._session(rate)
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

    def initial_state(self, seed: int) -> Float32Array | None:
        """Returns the state after silence, `[S]`, or None if states stay on the device. The seed is not used."""
        return None if self._gather else self._state

    def infer(self, batch: Batch, states: Sequence[Any]) -> Result:
        with self._lock:
            session = self._session(batch.sample_rate)
            if self._gather:
                return _infer_resident(self._gather, session, batch, states)
        weights, after = session.run(sound=to_frames(batch.samples, batch.sample_rate), state=np.stack(states))
        # a copy each: a view would keep the states of the whole batch in memory for one stream that pauses
        return weights, [row.copy() for row in after]

    def close(self) -> None:
        """Frees the sessions."""
        self._session.cache_clear()

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
        state = np.zeros((1, session.width("state")), np.float32)
        session.run(sound=np.zeros((1, 1, 2, mel.frame(NOMINAL_RATE)), np.float32), state=state)


def _infer_resident(
    gather: DeviceGather, session: Session, batch: Batch, states: Sequence[DeviceState | None]
) -> Result:
    """Runs the batch in the order of the gathered states; returns weights and states in the order of the batch."""
    state, order = gather.gather(states)
    sound = to_frames(batch.samples[order], batch.sample_rate)
    after = gather.allocate(len(order))
    outputs = session.run_on_device({"sound": sound, "state": state}, into={"state_after": after})
    reordered: Float32Array = outputs["weights"].numpy()
    weights = np.empty_like(reordered)
    weights[order] = reordered
    return weights, gather.store(after.array, order)


def to_half_precision(graph: bytes) -> bytes:
    """Converts the graph, except for the logarithm of the mel powers and what precedes it: powers go down to 1e-8."""
    return precision.half(graph, keep=precision.upstream_of(graph, "Log"))


def to_frames(windows: Float32Array, rate: int) -> Float32Array:
    """Returns a window's first and last frame, `[…, window]` → `[…, 2, frame]`: each step is measured twice."""
    frame = mel.frame(rate)
    return np.stack([windows[..., :frame], windows[..., -frame:]], axis=-2)
