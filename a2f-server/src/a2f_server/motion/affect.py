"""Lets the face show a little of what the voice expresses: excitement, tension, low spirits.

Whether excitement is pleasant cannot be heard from prosody, so the mouth only hints at it; brows and eyes carry most.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Weights
from a2f_server.motion.brows import keep
from a2f_server.motion.contract import Context
from a2f_server.motion.emotion import APERTURE, PARTED
from a2f_server.motion.speaking_style import CALM, STEPS, SpeakingStyle, VoiceStyle
from a2f_server.motion.validation import ascending
from a2f_server.motion.voice_track import VoiceTrack

SHAPES: Mapping[str, Mapping[str, float]] = {
    "lively": {"browInnerUp": 0.5, "browOuterUp": 0.5, "cheekSquint": 0.5, "mouthSmile": 0.4},
    "tense": {"browDown": 0.8, "eyeSquint": 0.5, "cheekSquint": 0.3, "noseSneer": 0.3, "mouthFrown": 0.2},
    "subdued": {"browInnerUp": 0.6, "eyeSquint": 0.2, "mouthFrown": 0.35},
}
"""Weights that a style adds at strength 1. Without a side: both."""

RISE_S, FALL_S = 0.25, 0.6
"""Time constants, in seconds, of the face."""
YIELD_S = 0.3
"""Seconds within which it gives way to emotions and offsets, as long as emotions take to blend."""
_REST = 0.02
"""Styles below this share count as none, so that the face comes to rest."""

_APERTURE = tuple((arkit.INDEX[name], share) for name, share in APERTURE.items())
_PARTED = PARTED.item()
AffectedColumn = tuple[int, bool, VoiceStyle]
"""A column, whether it belongs to the mouth, and the weight that each style gives it."""


class Affect:
    """Adds `strength` times SHAPES in proportion to the voice's style.

    Emotions and offsets that a client sets turn it off while they last. On closed lips, and with them in pauses, the
    mouth is left alone. Without a `voice` it does nothing. Raises ValueError for a strength outside 0-1.
    """

    def __init__(self, context: Context, strength: float = 0.4) -> None:
        if not ascending(0, strength, 1):
            raise ValueError("strength is that of a full expression, 0 ≤ strength ≤ 1")
        self.voice: VoiceTrack | None = None
        """Set by the utterance before its first frame."""
        self._fps, self._offsets = context.fps, context.offsets
        self._shapes = _columns(context, strength)
        self._keeps = keep(RISE_S, context.fps), keep(FALL_S, context.fps)
        self._speaking = SpeakingStyle()
        self._heard = 0
        self._target = self._shown = CALM
        self._yielding: float | None = None

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        if self.voice is None:
            return weights
        for i in range(len(weights)):
            felt = emotions is not None and bool(emotions[i].any())
            shown, free = self._follow(self.voice, first + i), self._free(first + i, felt)
            if free > 0 and shown is not CALM:
                _show(weights[i], self._shapes, shown, free)
        return weights

    def _follow(self, voice: VoiceTrack, frame: int) -> VoiceStyle:
        """Returns the style to show at a frame. Frames must ascend."""
        if voice.measured > self._heard and (heard := voice.heard(frame, self._fps)) > self._heard:
            for block in voice.blocks(self._heard, heard):
                for steps in block.reshape(-1, STEPS, block.shape[1]):
                    self._target = self._speaking.follow(steps)
            self._heard = heard
        if self._target is not CALM or self._shown is not CALM:
            self._shown = self._moved()
        return self._shown

    def _moved(self) -> VoiceStyle:
        """Returns what is shown one frame later: on its way to the target, and calm once hardly anything is left."""
        (lively, tense, subdued), target, keeps = self._shown, self._target, self._keeps
        moved = VoiceStyle(
            _towards(target[0], lively, keeps), _towards(target[1], tense, keeps), _towards(target[2], subdued, keeps)
        )
        return moved if max(moved) > _REST or max(target) > _REST else CALM

    def _free(self, frame: int, felt: bool) -> float:
        """Returns the share, 0 to 1, that the client's emotions and offsets leave to the voice."""
        taken = 1.0 if felt or self._offsets.at(frame) is not None else 0.0
        if taken == self._yielding:
            return 1 - taken
        if self._yielding is None:
            self._yielding = taken
        step = 1 / (YIELD_S * self._fps)
        self._yielding += max(-step, min(taken - self._yielding, step))
        return 1 - self._yielding


def _towards(target: float, now: float, keeps: tuple[float, float]) -> float:
    return target + (now - target) * keeps[target <= now]


def _columns(context: Context, strength: float) -> tuple[AffectedColumn, ...]:
    rows = np.zeros((arkit.COUNT, len(VoiceStyle._fields)))
    for k, style in enumerate(VoiceStyle._fields):
        for shape, weight in SHAPES[style].items():
            rows[context.columns(shape), k] = weight * strength
    moved = np.flatnonzero(rows.any(axis=1)).tolist()
    return tuple((i, arkit.NAMES[i].startswith("mouth"), VoiceStyle(*rows[i].tolist())) for i in moved)


def _show(row: Weights, shapes: tuple[AffectedColumn, ...], style: VoiceStyle, free: float) -> None:
    lively, tense, subdued = style
    values, parted = row.tolist(), 0.0
    for column, share in _APERTURE:
        parted += share * values[column]
    free_lips = free * min(1.0, max(0.0, parted / _PARTED))
    for column, mouth, (by_lively, by_tense, by_subdued) in shapes:
        if added := lively * by_lively + tense * by_tense + subdued * by_subdued:
            row[column] = values[column] + added * (free_lips if mouth else free)
