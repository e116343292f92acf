"""Two cascaded exponential smoothers, for a batch of streams. Elementwise: no stream affects another one's bits.

NVIDIA Audio2Face-3D SDK, animator_cuda.cu (Interpolator, of degree 2).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from a2f_server.arrays import Float64Array

SmootherState = Float64Array | None
"""`[2, w]`: outputs of the first and the second smoother; None before the first frame. Immutable."""


def alpha(seconds: float, frame_rate: int) -> float:
    """Returns the smoothing factor per frame for a half-life in seconds: 1 − 0.5^(dt / seconds), or 1 for 0 s."""
    return 1 - 0.5 ** (1 / (frame_rate * seconds)) if seconds > 0 else 1.0


def smooth(
    values: Float64Array, states: Sequence[SmootherState], alphas: Float64Array
) -> tuple[Float64Array, list[SmootherState]]:
    """Smooths `[B, T, w]`, T consecutive frames; returns the second smoother's output and the new states.

    `alphas[w]` are smoothing factors. Both smoothers of a stream start at its first frame.
    """
    first, second = _unpacked(values, states)
    out = np.empty_like(values)
    for t in range(values.shape[1]):
        first = first + alphas * (values[:, t] - first)
        second = second + alphas * (first - second)
        out[:, t] = second
    # a copy each: a view would keep the whole batch in memory for one stream that pauses
    return out, [state.copy() for state in np.stack([first, second], axis=1)]


def _unpacked(values: Float64Array, states: Sequence[SmootherState]) -> tuple[Float64Array, Float64Array]:
    """Returns the outputs of the first and the second smoothers of all streams, `[B, w]` each."""
    starts = zip(values[:, 0], states, strict=True)
    packed = np.stack([np.stack([value, value]) if state is None else state for value, state in starts])
    return packed[:, 0], packed[:, 1]
