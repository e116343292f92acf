"""Array types, and small functions for numbers, vectors and colours."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Float64Array: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]

ACROSS = np.array([-1.0, 1.0, 1.0])
"""Factor that mirrors a point at the plane x = 0."""


def smooth(low: float, high: float, x: ArrayLike) -> Float64Array:
    """Smoothstep: 0 at `low`, 1 at `high`, with zero slope at both."""
    t = np.clip((np.asarray(x, dtype=float) - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def bell(x: ArrayLike, width: float) -> Float64Array:
    """Gaussian: 1 at 0, 1/e at `width`."""
    return np.asarray(np.exp(-((np.asarray(x, dtype=float) / width) ** 2)))


def length(vectors: Float64Array) -> Float64Array:
    """Returns the length of vectors along the last axis, which is kept."""
    return np.asarray(np.sqrt(np.sum(vectors * vectors, axis=-1, keepdims=True)))


def unit(vectors: Float64Array) -> Float64Array:
    """Normalises vectors to length 1."""
    return np.asarray(vectors / np.maximum(length(vectors), 1e-12))


def points(x: ArrayLike, y: ArrayLike, z: ArrayLike) -> Float64Array:
    """Broadcasts coordinates and stacks them to `[..., 3]`."""
    return np.stack(np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float), np.asarray(z, float)), axis=-1)


def turned(at: Float64Array, axis: int, degrees: ArrayLike) -> Float64Array:
    """Rotates points about a coordinate axis, by the right-hand rule."""
    angle = np.radians(np.asarray(degrees, dtype=float))
    cos, sin = np.cos(angle), np.sin(angle)
    u, v = (axis + 1) % 3, (axis + 2) % 3
    out = np.array(np.broadcast_to(at, np.broadcast_shapes(at.shape, (*cos.shape, 3))))
    out[..., u], out[..., v] = at[..., u] * cos - at[..., v] * sin, at[..., u] * sin + at[..., v] * cos
    return out


def polar(yaw: ArrayLike, pitch: ArrayLike, radius: ArrayLike = 1.0) -> Float64Array:
    """Converts yaw (degrees to the left of +z), pitch (degrees up) and radius to points."""
    a, b = np.radians(np.asarray(yaw, dtype=float)), np.radians(np.asarray(pitch, dtype=float))
    return np.asarray(radius)[..., None] * points(np.sin(a) * np.cos(b), np.sin(b), np.cos(a) * np.cos(b))


def rgb(code: int) -> Float64Array:
    """Converts a web colour (sRGB) to linear RGB."""
    srgb = np.array([code >> 16 & 255, code >> 8 & 255, code & 255]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def blend(base: Float64Array, other: Float64Array, share: ArrayLike) -> Float64Array:
    """Interpolates from `base` (share 0) to `other` (share 1)."""
    weight = np.asarray(share, dtype=float)[..., None]
    return np.asarray(base * (1 - weight) + other * weight)
