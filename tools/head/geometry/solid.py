"""Solids as signed distance functions (negative inside), after those of Inigo Quilez."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import TypeAlias

import numpy as np

from a2f_server.face_shapes.vectors import ACROSS, Float64Array, length

Solid: TypeAlias = Callable[[Float64Array], Float64Array]
"""Maps points `[n, 3]` to distances `[n]`."""
Triple: TypeAlias = tuple[float, float, float]


def ellipsoid(center: Triple, radii: Triple) -> Solid:
    """Returns an ellipsoid. Its distance is exact at the surface only."""
    middle, axes = np.array(center), np.array(radii)

    def distance(at: Float64Array) -> Float64Array:
        local = at - middle
        near, steep = length(local / axes)[:, 0], length(local / axes**2)[:, 0]
        return np.asarray(near * (near - 1) / np.maximum(steep, 1e-9))

    return distance


def capsule(start: Triple, end: Triple, radius: float, end_radius: float) -> Solid:
    """Returns a capsule with a different radius at each end."""
    a, b = np.array(start), np.array(end)

    def distance(at: Float64Array) -> Float64Array:
        along = np.clip(((at - a) @ (b - a)) / ((b - a) @ (b - a)), 0, 1)
        return np.asarray(length(at - a - along[:, None] * (b - a))[:, 0] - radius - along * (end_radius - radius))

    return distance


def joined(solids: Sequence[Solid], softness: float) -> Solid:
    """Returns the smooth union of solids."""
    return lambda at: reduce(lambda a, b: _least(a, b, softness), (solid(at) for solid in solids))


def carved(solid: Solid, hollow: Solid, softness: float) -> Solid:
    """Returns the smooth difference of two solids."""
    return lambda at: -_least(-solid(at), hollow(at), softness)


def both(solid: Solid, softness: float = 0.05) -> Solid:
    """Returns the union of a solid and its mirror image."""
    return joined([solid, lambda at: solid(at * ACROSS)], softness)


def _least(a: Float64Array, b: Float64Array, softness: float) -> Float64Array:
    share = np.maximum(softness - np.abs(a - b), 0) / softness
    return np.asarray(np.minimum(a, b) - share * share * softness / 4)


def normal(solid: Solid, at: Float64Array, step: float = 1e-3) -> Float64Array:
    """Returns the gradient of the distance, `[n, 3]`, which points away from the solid."""
    moves = np.eye(3) * step
    return np.stack([(solid(at + move) - solid(at - move)) / (2 * step) for move in moves], axis=-1)


def level(solid: Solid, at: Float64Array, distance: Float64Array | float = 0.0, rounds: int = 4) -> Float64Array:
    """Moves points to the given distance from the surface, approximately."""
    for _ in range(rounds):
        slope = normal(solid, at)
        at = at - ((solid(at) - distance) / np.maximum(np.sum(slope * slope, axis=-1), 0.2))[:, None] * slope
    return at


def hit(solid: Solid, origin: Float64Array, direction: Float64Array, far: float, rounds: int = 140) -> Float64Array:
    """Casts rays from `origin + far · direction` back to the origin; returns the first hits, `[n, 3]`."""
    way = np.full(len(direction), far)
    for _ in range(rounds):
        way = way - 0.5 * solid(origin + way[:, None] * direction)
    return np.asarray(origin + way[:, None] * direction)
