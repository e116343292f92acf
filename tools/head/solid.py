"""Solids as signed distances (negative inside), and how they flow together. After Inigo Quilez's distance functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import TypeAlias

import numpy as np

from tools.head.fields import ACROSS, Floats, length

Solid: TypeAlias = Callable[[Floats], Floats]
"""From points `[n, 3]` to distances `[n]`."""
Triple: TypeAlias = tuple[float, float, float]


def ellipsoid(center: Triple, radii: Triple) -> Solid:
    """Its distance is exact at the surface only."""
    middle, axes = np.array(center), np.array(radii)

    def distance(at: Floats) -> Floats:
        local = at - middle
        near, steep = length(local / axes)[:, 0], length(local / axes**2)[:, 0]
        return np.asarray(near * (near - 1) / np.maximum(steep, 1e-9))

    return distance


def capsule(start: Triple, end: Triple, radius: float, end_radius: float) -> Solid:
    """A stick with round ends, thicker at one of them."""
    a, b = np.array(start), np.array(end)

    def distance(at: Floats) -> Floats:
        along = np.clip(((at - a) @ (b - a)) / ((b - a) @ (b - a)), 0, 1)
        return np.asarray(length(at - a - along[:, None] * (b - a))[:, 0] - radius - along * (end_radius - radius))

    return distance


def joined(solids: Sequence[Solid], softness: float) -> Solid:
    """All of them, with soft creases."""
    return lambda at: reduce(lambda a, b: _least(a, b, softness), (solid(at) for solid in solids))


def carved(solid: Solid, hollow: Solid, softness: float) -> Solid:
    """The first without the second, with a soft edge."""
    return lambda at: -_least(-solid(at), hollow(at), softness)


def both(solid: Solid, softness: float = 0.05) -> Solid:
    """The solid and its mirror image."""
    return joined([solid, lambda at: solid(at * ACROSS)], softness)


def _least(a: Floats, b: Floats, softness: float) -> Floats:
    share = np.maximum(softness - np.abs(a - b), 0) / softness
    return np.asarray(np.minimum(a, b) - share * share * softness / 4)


def normal(solid: Solid, at: Floats, step: float = 1e-3) -> Floats:
    """The direction away from the solid, `[n, 3]`; its length is how fast the distance grows."""
    moves = np.eye(3) * step
    return np.stack([(solid(at + move) - solid(at - move)) / (2 * step) for move in moves], axis=-1)


def level(solid: Solid, at: Floats, distance: Floats | float = 0.0, rounds: int = 4) -> Floats:
    """The nearest points (nearly) at a distance from the surface."""
    for _ in range(rounds):
        slope = normal(solid, at)
        at = at - ((solid(at) - distance) / np.maximum(np.sum(slope * slope, axis=-1), 0.2))[:, None] * slope
    return at


def hit(solid: Solid, origin: Floats, direction: Floats, far: float, rounds: int = 140) -> Floats:
    """Where one who comes from `far` along unit directions towards the origins first meets the solid, `[n, 3]`."""
    way = np.full(len(direction), far)
    for _ in range(rounds):
        way = way - 0.5 * solid(origin + way[:, None] * direction)
    return np.asarray(origin + way[:, None] * direction)
