"""Finds where the surfaces of an avatar may end or meet: only there are several samples a pixel worth their time.

The largest connected surface, the skin, is smooth but for its open borders and its outline; of all others every pixel
counts as an edge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from a2f_server.arrays import BoolArray, Float32Array
from a2f_server.drawing.scene import Scene
from a2f_server.glb.model import Int32Array, UInt8Array

_SAME = 1e-5
"""Vertices that are closer than this share of the avatar's size, and move alike, are one."""


@dataclass(frozen=True)
class Edges:
    """Of `t` triangles."""

    neighbours: Int32Array
    """`[t, 3]`: the triangle beyond each side, or −1."""
    edged: UInt8Array
    """`[t]`: whether the triangle may have a visible edge wherever it is seen."""


def find_edges(scene: Scene, screen: Float32Array, size: tuple[int, int]) -> Edges:
    """Returns the edges of a scene whose vertices are at `screen[n, 2]`, in pixels, on a picture of this size.

    Borders that never move and lie on the picture's own border are none.
    """
    triangles = _welded(scene)[scene.triangles]
    still = np.arange(len(screen)) >= scene.live_vertices
    outside = still & ((screen < 1) | (screen > np.array(size) - 1)).any(axis=1)
    neighbours, borders = _neighbours(triangles, outside[scene.triangles])
    surface = _surfaces(neighbours)
    opaque = np.array([each.alpha == "opaque" for each in scene.materials])[scene.triangle_material]
    skin = surface == np.bincount(surface, minlength=1).argmax() if len(surface) else surface == 0
    return Edges(neighbours, (borders | ~skin | ~opaque).astype(np.uint8))


def _welded(scene: Scene) -> Int32Array:
    """Returns a number for each vertex: the same for copies of a vertex, which only differ in texture or light."""
    moves = scene.position_moves
    moved = scene.positions.astype(np.float64)
    step = _SAME * max(1e-9, float(np.ptp(moved, axis=0).max()) if len(moved) else 0.0)
    # each shape by another amount, so that lips that are closed at rest remain two
    amount = np.repeat(np.modf(np.arange(1, len(moves.start)) * 0.618034)[0] + 0.5, np.diff(moves.start))
    np.add.at(moved, moves.index, moves.change * amount[:, None])
    places = np.column_stack([scene.positions / step, moved / step, scene.shares / 1e-3])
    numbers = np.unique(np.rint(np.nan_to_num(places)), axis=0, return_inverse=True)[1]
    return np.asarray(numbers, np.int32).ravel()


def _neighbours(triangles: Int32Array, outside: BoolArray) -> tuple[Int32Array, BoolArray]:
    """Returns the neighbours of each triangle, and whether it has an open side within the picture."""
    other = np.roll(triangles, -1, axis=1)
    low, high = np.minimum(triangles, other).astype(np.int64), np.maximum(triangles, other).astype(np.int64)
    side = (low * (1 + triangles.max(initial=0)) + high).ravel()
    _, number, uses = np.unique(side, return_inverse=True, return_counts=True)
    order = np.argsort(number, kind="stable")
    pairs = order[np.repeat(uses == 2, uses)].reshape(-1, 2)
    neighbours: Int32Array = np.full(len(side), -1, np.int32)
    neighbours[pairs[:, 0]], neighbours[pairs[:, 1]] = pairs[:, 1] // 3, pairs[:, 0] // 3
    unseen = outside & np.roll(outside, -1, axis=1)
    borders: BoolArray = np.any((neighbours.reshape(-1, 3) < 0) & ~unseen, axis=1)
    return neighbours.reshape(-1, 3), borders


def _surfaces(neighbours: Int32Array) -> Int32Array:
    """Returns a number for each triangle: the same for all that are connected."""
    number = np.arange(len(neighbours), dtype=np.int32)
    around = np.where(neighbours < 0, number[:, None], neighbours)
    while True:
        least = np.minimum(number, number[around].min(axis=1))
        # both triangles of a number take the smaller one, and number those numbers again
        np.minimum.at(least, number, least.copy())
        least = least[least]
        if (least == number).all():
            return number
        number = least
