"""Reduces the eye movement in UniTalker's output: dlp3d's `UnitalkerClip`, the first step of its profiles."""

from __future__ import annotations

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Weights
from a2f_server.motion.contract import Context

_EYES = [
    arkit.INDEX[f"eye{part}{side}"]
    for part in ("Squint", "LookDown", "LookIn", "Wide", "LookOut", "LookUp")
    for side in ("Left", "Right")
]
_STILL = [arkit.INDEX[name] for name in ("eyeBlinkLeft", "eyeBlinkRight", "mouthShrugUpper")]


class UnitalkerClip:
    """Columns 2-13 of UniTalker's 51: v → clip(v, 0, 1) · 0.8; 0, 1 (blinks) and 45 (mouthShrugUpper): clip(v, 0, .01).

    The columns are found by name here, so the 52nd, tongueOut, passes unchanged.
    """

    def __init__(self, context: Context) -> None:
        pass

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        weights[:, _EYES] = np.clip(weights[:, _EYES], 0, 1) * np.float32(0.8)
        weights[:, _STILL] = np.clip(weights[:, _STILL], 0, np.float32(0.01))
        return weights
