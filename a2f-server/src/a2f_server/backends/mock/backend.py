"""The mock: a face driven by the sound's energy, voicing and tilt, the same to the byte on every machine.

It does not hear what is said. It is for developing without a model: shut in silence and in steady noise, open
with voiced energy, shaped by the spectrum.

Why it is exact everywhere: samples become int16 (half to even), sums over samples are sums of integers below
2^53, and all else is elementwise +, -, ×, ÷ and √ in float64, which IEEE 754 rounds the same on every machine.
There is no BLAS, no libm function and no float reduction.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from a2f_server import arkit
from a2f_server.backends.contract import Backend, Batch, Layout, Result
from a2f_server.backends.mock.features import (
    COLUMNS,
    HEAD,
    HIGH,
    LOW,
    MID,
    NEVER_QUIET,
    QUIET,
    REAR,
    VOICE,
    Columns,
    listen,
)
from a2f_server.errors import BackendFailed
from a2f_server.settings import Settings

FRAME_RATE = 30
LEAD = 2
"""Windows of look-ahead: a face is made from sound up to 100 ms after its instant."""

SILENCE = 40.0 * 40.0
"""Mean square of int16 samples under which nothing is speech (about -58 dBFS)."""
OVER_NOISE = 4.0
"""Speech is 6 dB above the noise floor."""
QUIETEST_PEAK = 900.0
"""The loudness (rms, int16) that opens the mouth fully follows the voice, but never falls below this."""

PAST = LEAD + 1
"""Windows remembered: the one before a frame, the frame's own, and those that follow it but the last."""
FLOOR, PEAK, MOUTH = PAST * COLUMNS, PAST * COLUMNS + 1, PAST * COLUMNS + 2
OPEN, WIDE, ROUND, HISS, ACTIVE, BROW = range(6)
"""Smoothed drives of the face, after MOUTH in the state: each 0-1."""
WINDOWS = MOUTH + 6
"""Place of the count of windows heard, the last in the state."""

_PACE = np.array([0.6, 0.5, 0.5, 0.6, 0.12, 0.1])
"""Share of the way to its target that each drive goes in a frame."""


class MockBackend(Backend):
    """See the module."""

    name = "mock"
    mode = "mock"
    capacity = 500

    def __init__(self, latency: float = 0.0, fail_after: float | None = None) -> None:
        self.run_inline = latency == 0
        self._latency = latency
        self._fail_at = None if fail_after is None else int(fail_after * FRAME_RATE) + LEAD

    @classmethod
    def from_settings(cls, settings: Settings) -> MockBackend:
        """With the simulated slowness and crash that the settings ask for."""
        return cls(settings.mock_latency, settings.mock_fail_after)

    def layout(self, sample_rate: int) -> Layout:
        """One window a frame, of the samples as they came."""
        return Layout(sample_rate, FRAME_RATE, -(-sample_rate // FRAME_RATE), lead=LEAD)

    def initial_state(self, seed: int) -> Columns:
        """Nothing heard yet. The seed moves lids, eyes and brows, which are motion's, not the mouth."""
        state = np.zeros(WINDOWS + 1)
        state[QUIET : PAST * COLUMNS : COLUMNS] = NEVER_QUIET
        state[PEAK] = QUIETEST_PEAK
        return state

    def infer(self, batch: Batch, states: Sequence[Columns]) -> Result:
        """See the contract. Raises BackendFailed where the settings ask for a crash."""
        if self._latency:
            time.sleep(self._latency)
        state = np.stack(states)
        self._crash_if_asked(state, batch.samples.shape[1])
        heard = np.concatenate([state[:, :FLOOR].reshape(len(state), PAST, COLUMNS), listen(batch.samples)], axis=1)
        drives = _follow(heard, state)
        state[:, :FLOOR] = heard[:, -PAST:].reshape(len(state), -1)
        return face(drives), list(state)

    def _crash_if_asked(self, state: Columns, windows: int) -> None:
        state[:, WINDOWS] += windows
        if self._fail_at is not None and state[:, WINDOWS].max() > self._fail_at:
            raise BackendFailed("the mock failed, as A2F_MOCK_FAIL_AFTER asked it to")


def _follow(heard: Columns, state: Columns) -> Columns:
    """Drives `[B, T, 6]` from the windows heard `[B, PAST + T, COLUMNS]`; moves floor, peak and drives in `state`."""
    energy, voice, targets = _targets(heard)
    quiet = np.minimum.reduce([heard[:, k : heard.shape[1] - PAST + k, QUIET] for k in range(PAST + 1)])
    drives = np.empty_like(targets)
    for t in range(drives.shape[1]):
        _track_noise(state, quiet[:, t], voice[:, t])
        loud = _loudness(state, energy[:, t])
        targets[:, t, :4] *= loud[:, None]
        _steer(state, targets[:, t])
        drives[:, t] = state[:, MOUTH:WINDOWS]
    return drives


def _targets(heard: Columns) -> tuple[Columns, Columns, Columns]:
    """Energy and voicing around each frame's instant, and where its drives want to go at full loudness."""
    before, now = heard[:, :-PAST], heard[:, 1 : 1 - PAST]
    energy = (before[..., REAR] + now[..., HEAD]) / 2
    voice = np.clip(((before[..., VOICE] + now[..., VOICE]) / 2 - 0.45) / 0.3, 0.0, 1.0)
    low, mid, high = (before[..., band] + now[..., band] for band in (LOW, MID, HIGH))
    total = low + mid + high + 1.0
    wide = np.clip(1.5 * high / (mid + high + 1.0) - 0.25, 0.0, 1.0) * voice
    dark = np.clip((low / total - 0.55) * 2.5, 0.0, 1.0) * (1.0 - wide) * voice
    jaw = voice * (0.45 + 0.55 * np.clip(2.5 * mid / total, 0.0, 1.0))
    hiss = np.clip(2.0 * high / total - 0.6, 0.0, 1.0) * (1.0 - voice)
    still = np.zeros_like(jaw)
    return energy, voice, np.stack([jaw, wide, dark, hiss, still, still], axis=-1)


def _track_noise(state: Columns, quiet: Columns, voice: Columns) -> None:
    """The noise floor follows the quietest block around: at once where nobody speaks, slowly under a voice.

    It falls by a quarter a frame at most: beyond the end of a sound there is digital silence, in which the last of a
    steady noise must not seem loud.
    """
    floor = state[:, FLOOR]
    rise = np.where(voice > 0.5, 1 / 64, 1 / 2)
    state[:, FLOOR] = np.maximum(np.minimum(quiet, floor + (quiet - floor) * rise), floor * 0.75)


def _loudness(state: Columns, energy: Columns) -> Columns:
    """0-1 against the voice's own peak, zero up to 6 dB above the noise."""
    level = np.sqrt(np.maximum(energy - OVER_NOISE * state[:, FLOOR] - SILENCE, 0.0))
    state[:, PEAK] = np.maximum(np.maximum(level, state[:, PEAK] * (1 - 1 / 128)), QUIETEST_PEAK)
    return np.sqrt(level / state[:, PEAK])


def _steer(state: Columns, target: Columns) -> None:
    target[:, ACTIVE] = target[:, OPEN]
    target[:, BROW] = np.maximum(target[:, OPEN] - 0.6, 0.0)
    drives = state[:, MOUTH:WINDOWS]
    drives += (target - drives) * _PACE
    drives[drives < 1 / 512] = 0.0


def face(drives: Columns) -> NDArray[np.float32]:
    """Drives `[B, T, 6]` → weights `[B, T, 52]`: lips press where a voice dips, which reads as p, b and m."""
    jaw, wide, dark, hiss, active, brow = (drives[..., k] for k in range(6))
    shapes = np.empty((len(_SHAPES), *jaw.shape))
    shapes[0] = 0.62 * jaw * (1.0 - 0.45 * dark) + 0.03 * hiss
    shapes[1] = 0.45 * dark * np.minimum(2 * jaw, 1.0)
    shapes[2] = 0.55 * dark
    shapes[3] = 0.3 * wide + 0.35 * hiss
    shapes[4] = 0.25 * wide
    shapes[5] = (0.35 * jaw + 0.3 * hiss) * (1.0 - dark)
    shapes[6] = (0.18 * jaw + 0.12 * hiss) * (1.0 - dark)
    shapes[7] = 0.6 * np.maximum(active - 2 * jaw - hiss, 0.0)
    shapes[8] = 0.15 * wide
    shapes[9] = brow
    shapes[10] = 0.5 * brow
    weights = np.zeros((*jaw.shape, arkit.COUNT), np.float32)
    weights[..., _COLUMNS] = np.moveaxis(np.minimum(shapes, 1.0), 0, -1)[..., _SOURCES]
    return weights


_SHAPES = (
    "jawOpen",
    "mouthFunnel",
    "mouthPucker",
    "mouthStretch",
    "mouthSmile",
    "mouthLowerDown",
    "mouthUpperUp",
    "mouthPress",
    "cheekSquint",
    "browInnerUp",
    "browOuterUp",
)
_COLUMNS = [i for i, name in enumerate(arkit.NAMES) if name.removesuffix("Left").removesuffix("Right") in _SHAPES]
_SOURCES = [_SHAPES.index(arkit.NAMES[i].removesuffix("Left").removesuffix("Right")) for i in _COLUMNS]
"""The shape, by its place in `_SHAPES`, that each column shows: both sides of a face do the same."""
