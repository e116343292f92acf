"""The mock: a fake model for tests, with the same output on every machine, to the byte.

It moves the mouth by energy, voicing and spectral tilt and knows nothing of phonemes: shut in silence and in steady
noise, open with voiced energy, shaped by the spectrum.

The output is exact because samples become int16 (half to even), sums over samples are sums of integers below 2^53, and
everything else is elementwise +, -, ×, ÷ and √ in float64, which IEEE 754 rounds the same on every machine. There is no
BLAS, no libm function and no float reduction.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Float32Array, Float64Array
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
    extract,
    unit,
)
from a2f_server.errors import BackendFailed
from a2f_server.settings import Settings

FRAME_RATE = 30
LEAD = 2
"""Windows of look-ahead: a frame depends on audio up to 100 ms after its time."""

SILENCE = 40.0 * 40.0
"""Mean square of int16 samples below which nothing counts as speech (about -58 dBFS)."""
OVER_NOISE = 4.0
"""Speech is at least 6 dB above the noise floor."""
QUIETEST_PEAK = 900.0
"""Lower limit of the loudness (RMS, int16) that opens the mouth fully; it otherwise follows the voice."""

PAST = LEAD + 1
"""Windows kept in the state: the one before a frame, the frame's own, and all but the last that follow it."""
FLOOR, PEAK, MOUTH = PAST * COLUMNS, PAST * COLUMNS + 1, PAST * COLUMNS + 2
OPEN, WIDE, ROUND, HISS, ACTIVE, BROW = range(6)
"""Smoothed controls of the face, from index MOUTH of the state: each 0-1."""
WINDOWS = MOUTH + 6
"""Index of the number of windows so far, the last value in the state."""

_PACE = np.array([0.6, 0.5, 0.5, 0.6, 0.12, 0.1])
"""Smoothing factor per frame of each control."""


class MockBackend(Backend):
    name = "mock"
    cpu_only = True
    mode = "mock"
    capacity = 500

    def __init__(self, latency: float = 0.0, fail_after: float | None = None) -> None:
        self.run_inline = latency == 0
        self._latency = latency
        self._fail_at = None if fail_after is None else int(fail_after * FRAME_RATE) + LEAD

    @classmethod
    def from_settings(cls, settings: Settings) -> MockBackend:
        """Builds the mock with the delay and the failure that the settings ask for."""
        return cls(settings.mock_latency, settings.mock_fail_after)

    def layout(self, sample_rate: int) -> Layout:
        """Returns one window per frame, at the audio's own sample rate."""
        return Layout(sample_rate, FRAME_RATE, -(-sample_rate // FRAME_RATE), lead=LEAD)

    def initial_state(self, seed: int) -> Float64Array:
        """Returns the state before the first window. The seed is not used."""
        state = np.zeros(WINDOWS + 1)
        state[QUIET : PAST * COLUMNS : COLUMNS] = NEVER_QUIET
        state[PEAK] = QUIETEST_PEAK
        return state

    def infer(self, batch: Batch, states: Sequence[Float64Array]) -> Result:
        """Implements `Backend.infer`. Raises BackendFailed if the settings ask for it."""
        if self._latency:
            time.sleep(self._latency)
        state = np.stack(states)
        self._crash_if_asked(state, batch.samples.shape[1])
        features = np.concatenate([state[:, :FLOOR].reshape(len(state), PAST, COLUMNS), extract(batch.samples)], axis=1)
        controls = _follow(features, state)
        state[:, :FLOOR] = features[:, -PAST:].reshape(len(state), -1)
        return to_weights(controls), list(state)

    def _crash_if_asked(self, state: Float64Array, windows: int) -> None:
        state[:, WINDOWS] += windows
        if self._fail_at is not None and state[:, WINDOWS].max() > self._fail_at:
            raise BackendFailed("the mock failed, as A2F_MOCK_FAIL_AFTER asked it to")


def _follow(features: Float64Array, state: Float64Array) -> Float64Array:
    """Returns controls `[B, T, 6]` for features `[B, PAST + T, COLUMNS]`; updates `state` in place."""
    energy, voice, targets = _targets(features)
    quiet = np.minimum.reduce([features[:, k : features.shape[1] - PAST + k, QUIET] for k in range(PAST + 1)])
    controls = np.empty_like(targets)
    for t in range(controls.shape[1]):
        _track_noise(state, quiet[:, t], voice[:, t])
        loud = _loudness(state, energy[:, t])
        targets[:, t, :4] *= loud[:, None]
        _steer(state, targets[:, t])
        controls[:, t] = state[:, MOUTH:WINDOWS]
    return controls


def _targets(features: Float64Array) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Returns energy and voicing around each frame's time, and the controls' targets at full loudness."""
    before, now = features[:, :-PAST], features[:, 1 : 1 - PAST]
    energy = (before[..., REAR] + now[..., HEAD]) / 2
    voice = unit(((before[..., VOICE] + now[..., VOICE]) / 2 - 0.45) / 0.3)
    low, mid, high = (before[..., band] + now[..., band] for band in (LOW, MID, HIGH))
    total = low + mid + high + 1.0
    wide = unit(1.5 * high / (mid + high + 1.0) - 0.25) * voice
    dark = unit((low / total - 0.55) * 2.5) * (1.0 - wide) * voice
    jaw = voice * (0.45 + 0.55 * unit(2.5 * mid / total))
    hiss = unit(2.0 * high / total - 0.6) * (1.0 - voice)
    still = np.zeros_like(jaw)
    return energy, voice, np.stack([jaw, wide, dark, hiss, still, still], axis=-1)


def _track_noise(state: Float64Array, quiet: Float64Array, voice: Float64Array) -> None:
    """Moves the noise floor towards the quietest block nearby: quickly in pauses, slowly under a voice.

    It falls by at most a quarter per frame: after the end of the audio comes digital silence, against which the end of
    a steady noise must not seem loud.
    """
    floor = state[:, FLOOR]
    rise = np.where(voice > 0.5, 1 / 64, 1 / 2)
    state[:, FLOOR] = np.maximum(np.minimum(quiet, floor + (quiet - floor) * rise), floor * 0.75)


def _loudness(state: Float64Array, energy: Float64Array) -> Float64Array:
    """Returns the loudness, 0-1, relative to the voice's own peak; zero up to 6 dB above the noise floor."""
    level = np.sqrt(np.maximum(energy - OVER_NOISE * state[:, FLOOR] - SILENCE, 0.0))
    state[:, PEAK] = np.maximum(np.maximum(level, state[:, PEAK] * (1 - 1 / 128)), QUIETEST_PEAK)
    return np.sqrt(level / state[:, PEAK])


def _steer(state: Float64Array, target: Float64Array) -> None:
    target[:, ACTIVE] = target[:, OPEN]
    target[:, BROW] = np.maximum(target[:, OPEN] - 0.6, 0.0)
    controls = state[:, MOUTH:WINDOWS]
    controls += (target - controls) * _PACE
    controls[controls < 1 / 512] = 0.0


def to_weights(controls: Float64Array) -> Float32Array:
    """Returns weights `[B, T, 52]` for controls `[B, T, 6]`. Lips press together in short dips, as in p, b and m."""
    jaw, wide, dark, hiss, active, brow = (controls[..., k] for k in range(6))
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
"""Index in `_SHAPES` of the shape of each column: left and right move alike."""
