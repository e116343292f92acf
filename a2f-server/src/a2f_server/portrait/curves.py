"""Smooth curves through a few points."""

from __future__ import annotations

import numpy as np

from a2f_server.face_shapes.vectors import Float64Array


def monotone(x: Float64Array, y: Float64Array, at: Float64Array) -> Float64Array:
    """Interpolates `y` `[n, …]` over rising `x` `[n]` with cubics that do not overshoot.

    Slopes follow Fritsch and Butland (1984): 0 at extremes, otherwise a weighted harmonic mean of the neighbouring
    slopes. Outside `x` the curve continues as a line.
    """
    step = np.diff(x)
    rise = np.diff(y, axis=0) / step[(...,) + (None,) * (y.ndim - 1)]
    slope = _slopes(step, rise)
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(step) - 1)
    u = _column((at - x[i]) / step[i], y.ndim)
    inside = np.clip(u, 0, 1)
    h = _column(step[i], y.ndim)
    curve = _hermite(inside, y[i], y[i + 1], slope[i] * h, slope[i + 1] * h)
    beyond = (u - inside) * h * np.where(u < 0, slope[i], slope[i + 1])
    out: Float64Array = curve + beyond
    return out


def rising(x: Float64Array) -> Float64Array:
    """Returns x with every value slightly above the one before, at least."""
    return np.asarray(np.maximum.accumulate(x) + np.arange(len(x)) * 1e-6)


def _slopes(step: Float64Array, rise: Float64Array) -> Float64Array:
    before, after = rise[:-1], rise[1:]
    first, second = (_column(2 * a + b, rise.ndim) for a, b in ((step[1:], step[:-1]), (step[:-1], step[1:])))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (first + second) / (first / before + second / after)
    inner = np.where(before * after > 0, mean, 0.0)
    return np.concatenate([rise[:1], inner, rise[-1:]])


def _hermite(u: Float64Array, a: Float64Array, b: Float64Array, da: Float64Array, db: Float64Array) -> Float64Array:
    cubic, square = u**3, u**2
    start, end = 2 * cubic - 3 * square + 1, 3 * square - 2 * cubic
    return np.asarray(start * a + end * b + (cubic - 2 * square + u) * da + (cubic - square) * db)


def _column(values: Float64Array, dimensions: int) -> Float64Array:
    return np.asarray(values.reshape(values.shape + (1,) * (dimensions - 1)))
