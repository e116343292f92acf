"""The built-in model: our own small network, which hears sound of the usual rates as it comes.

`builtin.onnx` is written by `training/network/export.py`: sound [B, T, 2, frame], state [B, S] → weights [B, T, 52],
state_after [B, S], in steps of 20 ms. Its first factor is the basis of sines at the sound's rate (mel.py), so there is
a session a rate. Only products and elementwise functions follow: on a CPU the result is the same bits over any batch,
any steps a call and any threads.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from a2f_server.audio.pcm import Samples
from a2f_server.backends.builtin import mel
from a2f_server.backends.contract import Backend, Batch, Layout, Result
from a2f_server.backends.onnx import capacity, precision
from a2f_server.backends.onnx import session as onnx
from a2f_server.backends.onnx.capacity import CROWD
from a2f_server.backends.onnx.joiner import Joiner, Remembered
from a2f_server.backends.onnx.session import Floats, Place, Session
from a2f_server.settings import Settings

GRAPH = Path(__file__).with_name("builtin.onnx")
FRAME_RATE = 50
LEAD = 4
"""Steps of look-ahead: 80 ms."""

NOMINAL_RATE = 16000
COMMON_RATES = (NOMINAL_RATE, 24000, 48000, 44100, 22050, 8000)
"""Hz: ready at start, so that the first voice does not wait."""
RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
"""Hz that are heard as they come; sound of another rate is resampled to the next one above, or to the highest.

Each rate is a session of 5 to 20 MB, and clients choose their rates: with sessions for all, a handful of clients with
odd ones could make every step open sessions anew."""


class BuiltinBackend(Backend):
    """See the module. `rates` (Hz) are ready at once, others 10 to 40 ms after their first sound.

    Raises ValueError with a sentence where a demanded GPU, or a package for half precision, is missing.
    """

    name = "builtin"
    capacity = 200
    """What two cores carry at 30 FPS (docs/performance.md). On a GPU it is measured."""

    def __init__(
        self,
        device: str = "auto",
        rates: Sequence[int] = (NOMINAL_RATE,),
        *,
        precision: str = "fp32",
        resident: bool | None = None,
    ) -> None:
        """`resident`: whether what voices remember stays on the device (default: on a GPU)."""
        self.model = {"precision": precision}
        self._graph = halved(GRAPH.read_bytes()) if precision == "fp16" else GRAPH.read_bytes()
        self._lock = threading.Lock()
        self._place: Place = onnx.place(device, self._try)
        self._session = lru_cache(maxsize=len(RATES))(self._open)
        self.device, self.provider = self._place, onnx.NAMES[self._place]
        self._state = np.zeros(self._session(NOMINAL_RATE).width("state"), np.float32)
        self._state.flags.writeable = False
        resident = self._place == "cuda" if resident is None else resident
        self._joiner = Joiner(self._place, len(self._state)) if resident else None
        for rate in rates:
            self._session(rate)
        if self._place == "cuda":
            self._warm_up(rates)
            self.capacity = capacity.streams(self.measure(), self.name, most=CROWD)

    @classmethod
    def from_settings(cls, settings: Settings) -> BuiltinBackend:
        """On the device, and in the precision, that the settings ask for."""
        return cls(settings.device, COMMON_RATES, precision=settings.precision)

    def measure(self, voices: int = CROWD) -> float:
        """Voices that the device carries in real time, going by so many at once."""
        took = capacity.seconds(lambda: self._hear_silence(NOMINAL_RATE, voices))
        return capacity.carried(voices, took, FRAME_RATE)

    def layout(self, sample_rate: int) -> Layout:
        """A window ends where its step of 20 ms does."""
        rate = next((r for r in RATES if r >= sample_rate), RATES[-1])
        window = mel.window(rate)
        return Layout(rate, FRAME_RATE, window, before=window - rate // FRAME_RATE, lead=LEAD)

    def initial_state(self, seed: int) -> Floats | None:
        """`[S]`: silence; None where memories stay on the device. The seed moves blinks, eyes and brows: motion's."""
        return None if self._joiner else self._state

    def infer(self, batch: Batch, states: Sequence[Any]) -> Result:
        """See the contract."""
        with self._lock:
            session = self._session(batch.sample_rate)
            if self._joiner:
                return _joined(self._joiner, session, batch, states)
        weights, after = session.run(sound=heard(batch.samples, batch.sample_rate), state=np.stack(states))
        # a row of its own for each: a view would keep the whole crowd's states for one voice that falls silent
        return weights, [row.copy() for row in after]

    def close(self) -> None:
        """Frees the sessions."""
        self._session.cache_clear()

    def _open(self, rate: int) -> Session:
        return Session(self._graph, self._place, basis=mel.basis(rate))

    def _warm_up(self, rates: Sequence[int]) -> None:
        """A GPU's libraries load what they need when it is first used."""
        for rate in rates:
            self._hear_silence(rate, 1)
            self._hear_silence(rate, CROWD)

    def _hear_silence(self, rate: int, voices: int) -> None:
        samples = np.zeros((voices, 1, mel.window(rate)), np.float32)
        self.infer(Batch(samples, np.zeros((voices, 1, 10), np.float32), rate), [self.initial_state(0)] * voices)

    def _try(self, place: Place) -> None:
        """One step of silence. Raises where the model does not run."""
        session = Session(self._graph, place, basis=mel.basis(NOMINAL_RATE))
        state = np.zeros((1, session.width("state")), np.float32)
        session.run(sound=np.zeros((1, 1, 2, mel.frame(NOMINAL_RATE)), np.float32), state=state)


def _joined(joiner: Joiner, session: Session, batch: Batch, states: Sequence[Remembered | None]) -> Result:
    """The batch in the order in which the joined memories lie; weights in the order that was asked for."""
    state, order = joiner.joined(states)
    sound = heard(batch.samples[order], batch.sample_rate)
    after = joiner.room(len(order))
    outputs = session.bound({"sound": sound, "state": state}, into={"state_after": after})
    shown: Floats = outputs["weights"].numpy()
    weights = np.empty_like(shown)
    weights[order] = shown
    return weights, joiner.shelved(after.whole, order)


def halved(graph: bytes) -> bytes:
    """In half precision but for what it hears, which reaches down to powers of 1e-8, and their logarithm."""
    return precision.half(graph, keep=precision.before(graph, "Log"))


def heard(windows: Samples, rate: int) -> Samples:
    """`[…, window]` → `[…, 2, frame]`: a step is measured twice, over the window's first and last samples."""
    frame = mel.frame(rate)
    return np.stack([windows[..., :frame], windows[..., -frame:]], axis=-2)
