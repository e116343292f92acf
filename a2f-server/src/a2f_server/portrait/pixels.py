"""Reads and fills in pixels of a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from a2f_server.face_shapes.vectors import Float64Array

Mask = NDArray[np.bool_]


def grey(picture: Image.Image, blur: float) -> Float64Array:
    """Returns brightness `[h, w]` 0–255, blurred by `blur` pixels."""
    return np.asarray(picture.convert("L").filter(ImageFilter.GaussianBlur(blur)), np.float64)


def sample(values: Float64Array, at: Float64Array) -> Float64Array:
    """Interpolates values `[h, w, …]` at pixels `[…, 2]`; the centre of the first pixel is at 0.5."""
    height, width = values.shape[:2]
    x = np.clip(at[..., 0] - 0.5, 0, width - 1)
    y = np.clip(at[..., 1] - 0.5, 0, height - 1)
    left, top = np.minimum(x.astype(int), width - 2), np.minimum(y.astype(int), height - 2)
    u, v = (each.reshape(each.shape + (1,) * (values.ndim - 2)) for each in (x - left, y - top))
    above = values[top, left] * (1 - u) + values[top, left + 1] * u
    below = values[top + 1, left] * (1 - u) + values[top + 1, left + 1] * u
    return np.asarray(above * (1 - v) + below * v)


def inside(at: Float64Array, polygon: Float64Array) -> Mask:
    """Returns whether points `[…, 2]` are inside a polygon `[m, 2]`."""
    a, b = polygon, np.roll(polygon, -1, axis=0)
    x, y = at[..., :1], at[..., 1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        where = a[:, 0] + (y - a[:, 1]) * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])
    return np.asarray((((a[:, 1] > y) != (b[:, 1] > y)) & (x < where)).sum(axis=-1) % 2 == 1)


def filled(colors: Float64Array, known: Mask) -> Float64Array:
    """Replaces unknown pixels of `[h, w, 3]` by a smooth continuation of the known ones, coarse to fine."""
    weight = known.astype(np.float64)[..., None]
    return _filled(colors * weight, weight)


def _filled(total: Float64Array, weight: Float64Array) -> Float64Array:
    """Fills by pull-push: scales to half the size, fills there, and scales back (Gortler et al. 1996)."""
    own = total / np.maximum(weight, 1e-9)
    if min(total.shape[:2]) <= 2 or weight.min() > 0.99:
        mean = total.sum(axis=(0, 1)) / max(weight.sum(), 1e-9)
        return np.asarray(own * weight + mean * (1 - weight))
    smaller = _filled(_halved(total), np.minimum(_halved(weight), 1))
    return np.asarray(own * weight + _doubled(smaller, total.shape) * (1 - weight))


def _halved(values: Float64Array) -> Float64Array:
    height, width = values.shape[:2]
    padded = np.pad(values, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.asarray(padded.reshape(padded.shape[0] // 2, 2, padded.shape[1] // 2, 2, -1).mean(axis=(1, 3)))


def _doubled(values: Float64Array, shape: tuple[int, ...]) -> Float64Array:
    y, x = np.mgrid[: shape[0], : shape[1]]
    if min(values.shape[:2]) < 2:
        return np.broadcast_to(values.mean(axis=(0, 1)), shape)
    return sample(values, np.stack([(x + 0.5) / 2, (y + 0.5) / 2], axis=-1))
