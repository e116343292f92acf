"""Small functions of numbers, of points, and of what lies between neighbours."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

ACROSS = np.array([-1.0, 1.0, 1.0])
"""Times this, a point is its mirror image."""


def smooth(low: float, high: float, x: ArrayLike) -> Floats:
    """0 at `low`, 1 at `high`, level at both."""
    t = np.clip((np.asarray(x, dtype=float) - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def bell(x: ArrayLike, width: float) -> Floats:
    """1 at 0, 0.37 at `width`."""
    return np.asarray(np.exp(-((np.asarray(x, dtype=float) / width) ** 2)))


def length(vectors: Floats) -> Floats:
    """Of the last axis, which stays, so that it can divide."""
    return np.asarray(np.sqrt(np.sum(vectors * vectors, axis=-1, keepdims=True)))


def unit(vectors: Floats) -> Floats:
    """The same directions with length 1."""
    return np.asarray(vectors / np.maximum(length(vectors), 1e-12))


def points(x: ArrayLike, y: ArrayLike, z: ArrayLike) -> Floats:
    """Coordinates that broadcast, as `[..., 3]`."""
    return np.stack(np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float), np.asarray(z, float)), axis=-1)


def turned(at: Floats, axis: int, degrees: ArrayLike) -> Floats:
    """Points turned about a coordinate axis through the origin, by the right-hand rule."""
    angle = np.radians(np.asarray(degrees, dtype=float))
    cos, sin = np.cos(angle), np.sin(angle)
    u, v = (axis + 1) % 3, (axis + 2) % 3
    out = np.array(np.broadcast_to(at, np.broadcast_shapes(at.shape, (*cos.shape, 3))))
    out[..., u], out[..., v] = at[..., u] * cos - at[..., v] * sin, at[..., u] * sin + at[..., v] * cos
    return out


def polar(yaw: ArrayLike, pitch: ArrayLike, radius: ArrayLike = 1.0) -> Floats:
    """From degrees to the left of +z, and up, to points."""
    a, b = np.radians(np.asarray(yaw, dtype=float)), np.radians(np.asarray(pitch, dtype=float))
    return np.asarray(radius)[..., None] * points(np.sin(a) * np.cos(b), np.sin(b), np.cos(a) * np.cos(b))


def rgb(code: int) -> Floats:
    """A colour of the web in linear light."""
    srgb = np.array([code >> 16 & 255, code >> 8 & 255, code & 255]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def blend(base: Floats, other: Floats, share: ArrayLike) -> Floats:
    """`base` where `share` is 0, `other` where it is 1."""
    weight = np.asarray(share, dtype=float)[..., None]
    return np.asarray(base * (1 - weight) + other * weight)
