"""Helpers for tests of processors: runs one over frames, in one call or split into several."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Samples
from a2f_server.audio.sample_buffer import SampleBuffer
from a2f_server.motion.contract import Context, Processor
from a2f_server.motion.offset_names import OffsetNames
from a2f_server.motion.voice_track import VoiceTrack

NEUTRAL = np.zeros((10, 52), np.float32)


def context(
    fps: int = 30, seed: int = 0, offset_name: str | None = None, names: tuple[str, ...] = arkit.NAMES
) -> Context:
    return Context(fps, seed, NEUTRAL, names, OffsetNames(offset_name))


def acted(processor: Processor, face: np.ndarray, cuts: list[int] | None = None) -> np.ndarray:
    """Returns the frames after the processor, in calls that end at `cuts`."""
    parts, at = [], 0
    for cut in [*sorted(min(cut, len(face)) for cut in cuts or []), len(face)]:
        parts.append(processor.process(face[at:cut].copy(), at, None))
        at = cut
    return np.concatenate(parts)


def faces(frames: int, seed: int, columns: int = 52) -> np.ndarray:
    """Returns random frames that also leave 0-1, change slowly and fast, and rest."""
    random = np.random.default_rng(seed)
    rows = np.cumsum(random.normal(0, 0.1, (frames, columns)), axis=0) + random.random(columns)
    rows[random.random(frames) < 0.2] = 0
    return rows.astype(np.float32)


def column(face: np.ndarray, name: str) -> np.ndarray:
    return np.asarray(face[:, arkit.INDEX[name]])


def still(frames: int) -> np.ndarray:
    return np.zeros((frames, 52), np.float32)


def speaking(seconds: float, fps: int = 30, shape: Callable[[np.ndarray], np.ndarray] | None = None) -> np.ndarray:
    """Returns frames whose jaw makes four syllables a second, every third one stressed."""
    times = np.arange(int(seconds * fps)) / fps
    jaw = np.abs(np.sin(np.pi * 4 * times)) * np.where(np.floor(times * 4) % 3 == 0, 0.6, 0.2)
    face = still(len(times))
    face[:, arkit.INDEX["jawOpen"]] = jaw if shape is None else shape(times)
    return face


def heard(sound: Samples, rate: int = 16000) -> VoiceTrack:
    """Returns the track of a whole sound."""
    line, track = SampleBuffer(), VoiceTrack(rate, Fraction(1, 10), keep=True)
    line.append(sound)
    track.hear(line, line.total + rate)
    return track
