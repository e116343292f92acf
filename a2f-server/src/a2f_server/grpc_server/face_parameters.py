"""Applies NVIDIA's face parameters as gains, offsets and smoothing of the 52 weights.

They were designed for a mesh; those without a counterpart among the shapes have no effect.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Weights

STRENGTH, SMOOTHING = (0.0, 2.0), (0.0, 0.1)
RANGES: dict[str, tuple[float, float]] = {
    "upperFaceStrength": STRENGTH,
    "lowerFaceStrength": STRENGTH,
    "skinStrength": STRENGTH,
    "blinkStrength": STRENGTH,
    "tongueStrength": (0.0, 3.0),
    "upperFaceSmoothing": SMOOTHING,
    "lowerFaceSmoothing": SMOOTHING,
    "eyelidOpenOffset": (-1.0, 1.0),
    "lipOpenOffset": (-0.2, 0.2),
    "blinkOffset": (-1.0, 1.0),
}
"""Minimum and maximum of the parameters that have an effect."""

WITHOUT_EFFECT = ("faceMaskLevel", "faceMaskSoftness", "tongueHeightOffset", "tongueDepthOffset")
"""Parameters that NVIDIA's clients send, but that correspond to no shape."""


def _mask(*starts: str) -> np.ndarray:
    return np.array([name.startswith(starts) for name in arkit.NAMES])


BLINK = _mask("eyeBlink")
UPPER = _mask("brow", "eyeSquint", "eyeWide", "cheekSquint", "noseSneer")
LOWER = _mask("jaw", "mouth", "cheekPuff")
TONGUE = _mask("tongue")
SKIN = UPPER | LOWER | BLINK
WIDE = _mask("eyeWide")
LIPS = _mask("mouthUpperUp", "mouthLowerDown")


class FaceMotion:
    """Applies the parameters to consecutive frames. The result is within [0, 1]."""

    def __init__(self, parameters: Mapping[str, float], fps: int) -> None:
        """`parameters`: names and values within RANGES."""
        self._gain, self._offset = np.ones(arkit.COUNT, np.float32), np.zeros(arkit.COUNT, np.float32)
        for name, mask in _GAINS.items():
            self._gain[mask] *= np.float32(parameters.get(name, 1.0))
        lids, lips = parameters.get("eyelidOpenOffset", 0.0), parameters.get("lipOpenOffset", 0.0)
        self._offset[BLINK] = parameters.get("blinkOffset", 0.0) - lids
        self._offset[WIDE] = max(lids, 0.0)
        self._offset[LIPS] = lips
        self._kept = np.zeros(arkit.COUNT, np.float32)
        for name, mask in _SMOOTHED.items():
            self._kept[mask] = _share_kept(parameters.get(name, 0.0), fps)
        self._last: Weights | None = None
        self._acts = bool(parameters)

    def process(self, weights: Weights) -> Weights:
        """Returns frames `[n, 52]`. The result does not depend on how frames are split into calls."""
        if not self._acts:
            return weights
        out = np.clip(weights * self._gain + self._offset, np.float32(0), np.float32(1))
        return self._smoothed(out) if self._kept.any() else out

    def _smoothed(self, weights: Weights) -> Weights:
        for i, row in enumerate(weights):
            last = row if self._last is None else self._last
            weights[i] = self._last = row + (last - row) * self._kept
        return weights


_GAINS = {
    "upperFaceStrength": UPPER,
    "lowerFaceStrength": LOWER,
    "skinStrength": SKIN,
    "blinkStrength": BLINK,
    "tongueStrength": TONGUE,
}
_SMOOTHED = {"upperFaceSmoothing": UPPER, "lowerFaceSmoothing": LOWER}


def _share_kept(seconds: float, fps: int) -> float:
    """Returns the share of the last frame that is kept, for a time constant in seconds."""
    return float(np.exp(-1 / (fps * seconds))) if seconds > 0 else 0.0
