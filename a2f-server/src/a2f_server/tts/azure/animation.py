"""Parses Azure's facial expression: JSON that comes with visemes, sometimes split over several of them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from a2f_server import arkit
from a2f_server.tts.contract import ANIMATION_WIDTH, AnimationChunk


class AnimationReader:
    """Reads the animation fields of one utterance, in their order of arrival."""

    def __init__(self) -> None:
        self._piece = ""

    def feed(self, text: str) -> AnimationChunk | None:
        """Returns the rows that this text completes, or None. Text that is no facial expression is skipped."""
        for candidate in (text, self._piece + text):  # a complete chunk supersedes an unfinished one before it
            if (body := _parsed(candidate)) is not None:
                self._piece = ""
                return _rows(body)
        self._piece += text
        return None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _rows(body: Any) -> AnimationChunk | None:
    """Clips the shapes to [0, 1], since the service sometimes goes below 0; leaves the rolls unchanged."""
    try:
        rows = np.array(body["BlendShapes"], np.float32)
        first = int(body["FrameIndex"])
    except (TypeError, KeyError, ValueError):
        return None
    if rows.ndim != 2 or rows.shape[1] != ANIMATION_WIDTH or first < 0 or not np.isfinite(rows).all():
        return None
    rows[:, : arkit.COUNT] = rows[:, : arkit.COUNT].clip(0, 1)
    return AnimationChunk(first, rows)
