"""Two exponential smoothers in a row, for many voices at once. Elementwise: a voice's bits do not depend on the others.

NVIDIA Audio2Face-3D SDK, animator_cuda.cu (Interpolator, of degree 2).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

Smoothed = Doubles | None
"""`[2, w]`: where the first and the second smoother are; None before the first frame. Never written into."""


def alpha(seconds: float, frame_rate: int) -> float:
    """What part of the way a smoother goes in a frame: 1 − 0.5^(dt / seconds), half of it in `seconds`; at 0, all."""
    return 1 - 0.5 ** (1 / (frame_rate * seconds)) if seconds > 0 else 1.0


def follow(values: Doubles, states: Sequence[Smoothed], pace: Doubles) -> tuple[Doubles, list[Smoothed]]:
    """`[B, T, w]`, T frames in order, as the second smoother has them, and the new states; `pace[w]` are alphas.

    A voice's first frame is where both smoothers start.
    """
    first, second = _memories(values, states)
    smooth = np.empty_like(values)
    for t in range(values.shape[1]):
        first = first + pace * (values[:, t] - first)
        second = second + pace * (first - second)
        smooth[:, t] = second
    # a row of its own for each: a view would keep the whole crowd's memory for one voice that falls silent
    return smooth, [memory.copy() for memory in np.stack([first, second], axis=1)]


def _memories(values: Doubles, states: Sequence[Smoothed]) -> tuple[Doubles, Doubles]:
    """Where the smoothers of all voices are, `[B, w]` each."""
    starts = zip(values[:, 0], states, strict=True)
    memory = np.stack([np.stack([value, value]) if state is None else state for value, state in starts])
    return memory[:, 0], memory[:, 1]
