"""A piece of a portrait: vertices with texture positions, and their shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from a2f_server.face_shapes.vectors import Float64Array, IntArray


@dataclass
class MeshPart:
    """Vertices `[n, 3]` in the picture's coordinates, triangles `[t, 3]`, and the place of each vertex in the atlas
    `[n, 2]`, in pixels.

    color: linear factors of the picture's colour `[n, 3]`. head: how much each vertex follows the head `[n]`. moves:
    changes of position by shape `[n, 3]`. shades: changes of `color` by shape `[n, 3]`.
    """

    at: Float64Array
    triangles: IntArray
    place: Float64Array
    color: Float64Array
    head: Float64Array
    moves: dict[str, Float64Array] = field(default_factory=dict)
    shades: dict[str, Float64Array] = field(default_factory=dict)


def merged(parts: Sequence[MeshPart]) -> MeshPart:
    """Merges parts; each keeps its own shapes."""
    starts = np.cumsum([0, *(len(part.at) for part in parts)])
    return MeshPart(
        np.concatenate([part.at for part in parts]),
        np.concatenate([part.triangles + start for part, start in zip(parts, starts, strict=False)]),
        np.concatenate([part.place for part in parts]),
        np.concatenate([part.color for part in parts]),
        np.concatenate([part.head for part in parts]),
        _merged([part.moves for part in parts], [len(part.at) for part in parts]),
        _merged([part.shades for part in parts], [len(part.at) for part in parts]),
    )


def _merged(shapes: list[dict[str, Float64Array]], counts: list[int]) -> dict[str, Float64Array]:
    names = dict.fromkeys(name for each in shapes for name in each)
    none = [np.zeros((count, 3)) for count in counts]
    return {
        name: np.concatenate([each.get(name, zero) for each, zero in zip(shapes, none, strict=True)]) for name in names
    }


def grid_triangles(rows: int, columns: int) -> IntArray:
    """Returns the triangles of a grid, counter-clockwise if rows go up and columns to the right."""
    index = np.arange(rows * columns, dtype=np.int64).reshape(rows, columns)
    quads = np.stack([index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]], axis=-1).reshape(-1, 4)
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
