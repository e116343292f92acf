"""Makes a simple facial expression from visemes: each lip shape fades in and out between its neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from a2f_server.tts.contract import ANIMATION_FPS, ANIMATION_WIDTH, VisemeEvent

JAW_OPEN, MOUTH_CLOSE, FUNNEL, PUCKER, SMILE_LEFT, SMILE_RIGHT, PRESS_LEFT, PRESS_RIGHT, TONGUE = (
    17, 18, 19, 20, 23, 24, 35, 36, 51,
)  # fmt: skip
"""Columns: the ARKit shapes in Apple's order."""
HEAD_ROLL = 52

_OPEN = (0, .35, .55, .45, .35, .3, .2, .15, .4, .5, .4, .45, .2, .15, .2, .1, .12, .12, .08, .12, .15, 0)  # fmt: skip
"""Jaw opening by viseme id."""
_ROUND = {3: 0.3, 5: 0.2, 7: 0.8, 8: 0.6, 9: 0.4, 10: 0.5, 13: 0.3, 16: 0.4}
_WIDE = {4: 0.2, 6: 0.4, 11: 0.2, 15: 0.2}
_TONGUE = {14: 0.1, 17: 0.3, 19: 0.1}
_SMOOTH_S = 0.06
"""Seconds over which a shape fades in or out."""
_REST = -0.01
"""Slightly negative, like some resting shapes of the real service."""


def supports_locale(locale: str) -> bool:
    """Returns whether the service supports facial expression in this locale (such as `en-US`)."""
    return locale.partition("-")[0] in {"de", "en", "es", "fr", "pt"} or locale in {"it-IT", "zh-CN"}


def rows(visemes: list[VisemeEvent], seconds: float) -> NDArray[np.float64]:
    """Returns `[n, 55]` at 60 FPS for an utterance of this length."""
    clock = np.arange(int(np.ceil(seconds * ANIMATION_FPS))) / ANIMATION_FPS
    shapes = np.array([_shape(v.id) for v in visemes] or [_shape(0)])
    current = np.searchsorted([v.time for v in visemes], clock, side="right") - 1
    steps = shapes[np.clip(current, 0, None)] if len(clock) else np.zeros((0, ANIMATION_WIDTH))
    result = _smoothed(steps)
    result[:, HEAD_ROLL] = 0.02 * np.sin(clock)
    return np.round(result, 3)


def _shape(viseme: int) -> NDArray[np.float64]:
    shape = np.full(ANIMATION_WIDTH, 0.0)
    shape[[SMILE_LEFT, SMILE_RIGHT]] = _WIDE.get(viseme, _REST)
    shape[JAW_OPEN] = _OPEN[viseme]
    shape[PUCKER] = _ROUND.get(viseme, _REST)
    shape[FUNNEL] = _ROUND.get(viseme, 0) / 2
    shape[TONGUE] = _TONGUE.get(viseme, 0)
    if viseme == 21:
        shape[MOUTH_CLOSE], shape[PRESS_LEFT], shape[PRESS_RIGHT] = 0.05, 0.4, 0.4
    return shape


def _smoothed(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    half = round(_SMOOTH_S * ANIMATION_FPS / 2)
    padded = np.pad(steps, ((half, half), (0, 0)), mode="edge") if len(steps) else steps
    total = np.zeros_like(steps)
    for shift in range(2 * half + 1):
        total += padded[shift : shift + len(steps)]
    return total / (2 * half + 1)
